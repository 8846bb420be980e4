package io.penstock.contract

import scala.jdk.CollectionConverters._

/** Every way in which a client may send a mutation, and the messages that come back in Postgres's own order. */
class ProtocolSpec extends Contract {
  Feature("Prepared statements of the protocol") {
    Scenario("Parse and Describe answer exactly as Postgres itself does") {
      val statement = "update salesforce.contacts set note = $1, score = $2 where id = $3 returning id, note as what, score + 1"
      val proxied = client.parse("s", statement).describeStatement("s").sync().answer()
      val direct = connectDirectly("app").parse("s", statement).describeStatement("s").sync().answer()
      proxied.sequence() shouldBe direct.sequence()
      proxied.sequence() shouldBe "1tTZ"
      nothingSent()
    }

    Scenario("parsed once, executed often, in text and binary") {
      val department = name("Prepared")
      val made = client
        .parse("make", "insert into salesforce.contacts (last_name, department) values ($1, $2) returning last_name")
        .sync()
        .answer()
      made.sequence() shouldBe "1Z"
      for (n <- 1 to 3) {
        val answer = client.bind("", "make", s"P$n", department).execute("", 0).sync().answer()
        answer.sequence() shouldBe "2DCZ"
        answer.result().tag() shouldBe "INSERT 0 1"
      }
      asked should have size 3
      storedContacts(department, "last_name").map(_.head) shouldBe Seq("P1", "P2", "P3")
      client.closeStatement("make").sync().answer().sequence() shouldBe "3Z"
      refused(client.bind("", "make", "P4", department).execute("", 0).sync().answer(), "26000")
    }

    Scenario("a portal with a row limit is suspended and resumed; the request went out once") {
      val department = name("Portal")
      contacts(department, 5)
      val answer = client
        .parse("", s"update salesforce.contacts set note = 'p' where department = '$department' returning last_name")
        .bind("", "")
        .execute("", 2)
        .execute("", 2)
        .execute("", 2)
        .sync()
        .answer()
      answer.sequence() shouldBe "12DsDsDCZ"
      answer.results().asScala.map(_.rows().size()) shouldBe Seq(2, 2, 1)
      theRequest.rows() shouldBe 5
    }
  }

  Feature("SQL-level PREPARE and EXECUTE") {
    inBothProtocols("PREPARE sends nothing, each EXECUTE is one request") { run =>
      val department = name("Execute")
      run(s"prepare plan_a (text, int) as insert into salesforce.contacts (last_name, score, department) values ($$1, $$2 + 1, '$department') returning last_name, score").result().tag() shouldBe "PREPARE"
      nothingSent()
      val first = run("execute plan_a ('A', 1)")
      first.result().tag() shouldBe "INSERT 0 1"
      theRequest.rows() shouldBe 1
      run("execute plan_a (upper('b'), 1 + 1)").result().text(0, 0) shouldBe "B"
      asked should have size 2
      run("deallocate plan_a").failed() shouldBe false
      refused(run("execute plan_a ('C', 3)"), "26000")
      storedContacts(department, "last_name").map(_.head) shouldBe Seq("A", "B")
    }
  }

  Feature("Several statements in one simple query") {
    Scenario("each in its turn, and an error stops the rest") {
      val department = name("Multi")
      val answer = sql(
        s"select 1; insert into salesforce.contacts (last_name, department) values ('A', '$department') returning last_name; update salesforce.contacts set note = 'b' where department = '$department'; select 2"
      )
      answer.results().asScala.map(_.tag()) shouldBe Seq("SELECT 1", "INSERT 0 1", "UPDATE 1", "SELECT 1")
      answer.sequence() shouldBe "TDCTDCCTDCZ"
      asked should have size 2
      forget()
      val failing = sql(
        s"select 1; insert into salesforce.contacts (last_name, email) values ('B', 'nonsense'); insert into salesforce.contacts (last_name, department) values ('C', '$department')"
      )
      refused(failing, "22P02")
      failing.results().asScala.map(_.tag()) shouldBe Seq("SELECT 1")
      asked should have size 1
      storedContacts(department, "last_name").map(_.head) shouldBe Seq("A")
    }

    Scenario("an empty query is the keep-alive it always was") {
      sql("").sequence() shouldBe "IZ"
      sql(" ; -- nothing\n").sequence() shouldBe "IZ"
    }
  }

  Feature("Pipelining") {
    Scenario("mutations and reads in one flight are answered in order") {
      val department = name("Pipeline")
      client.parse("", s"insert into salesforce.contacts (last_name, department) values ('A', '$department') returning last_name").bind("", "").execute("", 0).sync()
      client.parse("", s"select count(*) from salesforce.contacts where department = '$department'").bind("", "").execute("", 0).sync()
      client.parse("", s"update salesforce.contacts set note = 'x' where department = '$department' returning note").bind("", "").execute("", 0).sync()
      val answers = Seq.fill(3)(client.answer())
      answers.map(_.sequence()) shouldBe Seq("12DCZ", "12DCZ", "12DCZ")
      answers.map(_.result().text(0, 0)) shouldBe Seq("A", "1", "x")
      asked should have size 2
    }

    Scenario("several mutations before one Sync, and an error skips to it") {
      val department = name("Skip")
      def insert(last: String, email: String) =
        client.parse("", s"insert into salesforce.contacts (last_name, department, email) values ('$last', '$department', '$email')").bind("", "").execute("", 0)
      insert("A", "a@x.io")
      insert("B", "nonsense")
      insert("C", "c@x.io")
      val answer = client.sync().answer()
      answer.sequence() shouldBe "12C12EZ"
      refused(answer, "22P02")
      storedContacts(department, "last_name").map(_.head) shouldBe Seq("A")
      asked should have size 2
      sql("select 1").result().text(0, 0) shouldBe "1"
    }

    Scenario("Flush delivers before Sync") {
      val house = name("Flush")
      client.parse("", s"insert into salesforce.contacts (last_name) values ('$house') returning last_name").bind("", "").execute("", 0).flushMessage().flush()
      Seq.fill(4)(client.next().`type`()).mkString shouldBe "12DC"
      client.sync().answer().sequence() shouldBe "Z"
    }
  }
}
