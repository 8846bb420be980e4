package io.penstock.contract

import scala.jdk.CollectionConverters._

/** A mutation escapes the surrounding transaction, or is refused there; it never pretends. */
class TransactionsSpec extends Contract {
  Feature("A mutation inside a transaction block is applied at once") {
    inBothProtocols("ROLLBACK does not undo it, and one WARNING a transaction says so") { run =>
      val house = name("Escape")
      sql("begin").status() shouldBe 'T'
      val first = run(s"insert into salesforce.contacts (last_name) values ('$house') returning id")
      first.status() shouldBe 'T'
      first.warnings().asScala.map(_.sqlState()) shouldBe Seq("01000")
      first.warnings().get(0).message() should include("outside the transaction")
      val second = run(s"update salesforce.contacts set note = 'again' where last_name = '$house'")
      second.result().tag() shouldBe "UPDATE 1"
      second.warnings().asScala shouldBe empty
      sql("rollback").status() shouldBe 'I'
      asked should have size 2
      stored(s"select note from salesforce.contacts where last_name = '$house'") shouldBe Seq(Seq("again"))
      sql("begin")
      run(s"update salesforce.contacts set note = 'next' where last_name = '$house'").warnings().asScala should have size 1
      sql("commit").result().tag() shouldBe "COMMIT"
    }

    inBothProtocols("it sees what its own transaction has not committed yet") { run =>
      val item = name("Uncommitted")
      sql("begin")
      sql(s"insert into public.orders (item, amount) values ('$item', 5)")
      run(s"insert into salesforce.contacts (last_name, score) select item, amount from public.orders where item = '$item' returning score").result().tag() shouldBe "INSERT 0 1"
      theRequest.sent(0, "LastName") shouldBe item
      sql("rollback")
      stored(s"select count(*) from public.orders where item = '$item'") shouldBe Seq(Seq("0"))
    }

    inBothProtocols("the transaction's ordinary writes commit beside it") { run =>
      val item = name("Beside")
      sql("begin")
      sql(s"insert into public.orders (item) values ('$item')")
      run(s"insert into salesforce.contacts (last_name) values ('$item')").result()
      sql(s"select count(*) from salesforce.contacts where last_name = '$item'").result().text(0, 0) shouldBe "1"
      sql("commit").result().tag() shouldBe "COMMIT"
      stored(s"select count(*) from public.orders where item = '$item'") shouldBe Seq(Seq("1"))
    }

    inBothProtocols("outside a block there is no warning") { run =>
      run(s"insert into salesforce.contacts (last_name) values ('${name("Plain")}')").notices().asScala shouldBe empty
    }

    inBothProtocols("savepoints neither undo it nor suffer from it") { run =>
      val house = name("Savepoint")
      sql("begin")
      sql(s"insert into public.orders (item) values ('$house')")
      sql("savepoint a")
      run(s"insert into salesforce.contacts (last_name) values ('$house')").result()
      sql("rollback to savepoint a").status() shouldBe 'T'
      sql("release savepoint a").status() shouldBe 'T'
      sql("commit").result().tag() shouldBe "COMMIT"
      stored(s"select count(*) from salesforce.contacts where last_name = '$house'") shouldBe Seq(Seq("1"))
      stored(s"select count(*) from public.orders where item = '$house'") shouldBe Seq(Seq("1"))
    }
  }

  Feature("Errors abort the block as in Postgres") {
    inBothProtocols("in a failed block nothing is sent (25P02)") { run =>
      sql("begin")
      refused(sql("select 1 / 0"), "22012")
      val answer = run("insert into salesforce.contacts (last_name) values ('Nobody') returning id")
      refused(answer, "25P02")
      answer.status() shouldBe 'E'
      nothingSent()
      sql("rollback").status() shouldBe 'I'
    }

    inBothProtocols("the API's refusal fails the block, and a savepoint saves it") { run =>
      val item = name("Saved")
      sql("begin")
      sql(s"insert into public.orders (item) values ('$item')")
      sql("savepoint before")
      val answer = run("insert into salesforce.contacts (last_name, email) values ('Harkonnen', 'not an address')")
      refused(answer, "22P02")
      answer.status() shouldBe 'E'
      refused(sql("select 1"), "25P02")
      sql("rollback to savepoint before").status() shouldBe 'T'
      run(s"insert into salesforce.contacts (last_name) values ('$item')").result().tag() shouldBe "INSERT 0 1"
      sql("commit").result().tag() shouldBe "COMMIT"
      stored(s"select count(*) from public.orders where item = '$item'") shouldBe Seq(Seq("1"))
    }

    inBothProtocols("COMMIT of a block that the API's refusal failed is a ROLLBACK") { run =>
      val item = name("Undone")
      sql("begin")
      sql(s"insert into public.orders (item) values ('$item')")
      refused(run("insert into salesforce.contacts (last_name, email) values ('Harkonnen', 'not an address')"), "22P02")
      sql("commit").result().tag() shouldBe "ROLLBACK"
      stored(s"select count(*) from public.orders where item = '$item'") shouldBe Seq(Seq("0"))
    }

    inBothProtocols("a read-only transaction sends nothing (25006)") { run =>
      sql("begin read only")
      refused(run("insert into salesforce.contacts (last_name) values ('Nobody')"), "25006")
      nothingSent()
    }
  }

  Feature("The policy may refuse") {
    inBothProtocols("SET penstock.in_transaction = 'refuse': 25001 with a hint, nothing sent") { run =>
      sql("set penstock.in_transaction = 'refuse'").failed() shouldBe false
      sql("begin")
      val failure = refused(run("insert into salesforce.contacts (last_name) values ('Nobody')"), "25001")
      failure.hint() should include("penstock.in_transaction")
      nothingSent()
      sql("rollback")
      run(s"insert into salesforce.contacts (last_name) values ('${name("Allowed")}')").result().tag() shouldBe "INSERT 0 1"
    }
  }

  Feature("Locks and rows that change") {
    inBothProtocols("a client that locks the row itself gets 55P03 with a hint instead of waiting for ever") { run =>
      val department = name("OwnLock")
      contacts(department)
      sql("begin")
      sql(s"select from salesforce.contacts where department = '$department' for update").status() shouldBe 'T'
      val failure = refused(run(s"update salesforce.contacts set note = 'x' where department = '$department'"), "55P03")
      failure.hint() should include("Nothing was sent")
      nothingSent()
      sql("rollback")
      run(s"update salesforce.contacts set note = 'x' where department = '$department'").result().tag() shouldBe "UPDATE 1"
    }

    inBothProtocols("in REPEATABLE READ a row that has changed since is 40001, as in Postgres") { run =>
      val department = name("Repeatable")
      contacts(department)
      sql("begin isolation level repeatable read")
      sql(s"select note from salesforce.contacts where department = '$department'").result().text(0, 0) shouldBe "n1"
      val other = connect()
      other.simple(s"update salesforce.contacts set note = 'theirs' where department = '$department'").result()
      forget()
      refused(run(s"update salesforce.contacts set note = 'ours' where department = '$department'"), "40001")
      nothingSent()
      sql("rollback")
    }
  }
}
