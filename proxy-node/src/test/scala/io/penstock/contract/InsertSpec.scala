package io.penstock.contract

import java.nio.ByteBuffer
import java.nio.charset.StandardCharsets.UTF_8
import scala.jdk.CollectionConverters._

/** INSERT into a synced table. */
class InsertSpec extends Contract {
  Feature("One INSERT is one API request, and RETURNING is the API's own row") {
    inBothProtocols("one row") { run =>
      val house = name("Atreides")
      val answer = run(
        s"insert into salesforce.contacts (first_name, last_name, email) values ('Paul', '$house', 'paul.atreides@caladan.io') returning id, created_date, name"
      )

      theRequest.verb() shouldBe "POST"
      theRequest.rows() shouldBe 1
      theRequest.fields(0).asScala should contain theSameElementsAs Seq("FirstName", "LastName", "Email")
      theRequest.sent(0, "Email") shouldBe "paul.atreides@caladan.io"

      answer.result().tag() shouldBe "INSERT 0 1"
      val id = answer.result().text(0, "id")
      record(id)("LastName") shouldBe house
      answer.result().text(0, "created_date") should not be null
      answer.result().text(0, "name") shouldBe s"Paul $house"
      stored(s"select first_name, last_name from salesforce.contacts where id = '$id'") shouldBe Seq(Seq("Paul", house))
    }

    inBothProtocols("many rows, in the statement's order") { run =>
      val department = name("Spice")
      val answer = run(
        s"insert into salesforce.contacts (last_name, department) values ('C', '$department'), ('A', '$department'), ('B', '$department') returning last_name, id"
      )

      theRequest.rows() shouldBe 3
      (0 to 2).map(theRequest.sent(_, "LastName")) shouldBe Seq("C", "A", "B")
      answer.result().tag() shouldBe "INSERT 0 3"
      answer.result().column(0).asScala shouldBe Seq("C", "A", "B")
      answer.result().column(1).asScala.map(id => record(id)("LastName")) shouldBe Seq("C", "A", "B")
    }

    inBothProtocols("RETURNING that names table and schema, as SQLAlchemy does") { run =>
      val house = name("Ordos")
      val answer = run(
        s"INSERT INTO salesforce.contacts (last_name) VALUES ('$house') RETURNING salesforce.contacts.id, salesforce.contacts.last_name AS last_name__1"
      )
      val id = answer.result().text(0, "id")
      record(id)("LastName") shouldBe house
      answer.result().text(0, "last_name__1") shouldBe house
      run(s"UPDATE salesforce.contacts SET note = 'x' WHERE salesforce.contacts.id = '$id' RETURNING salesforce.contacts.*").result().text(0, "note") shouldBe "x"
      run(s"DELETE FROM salesforce.contacts WHERE salesforce.contacts.id = '$id' RETURNING upper(salesforce.contacts.id)").result().text(0, 0) shouldBe id.toUpperCase
    }

    inBothProtocols("without RETURNING") { run =>
      val department = name("Quiet")
      run(s"insert into salesforce.contacts (last_name, department) values ('A', '$department')").result().tag() shouldBe "INSERT 0 1"
      theRequest.rows() shouldBe 1
      storedContacts(department, "last_name") shouldBe Seq(Seq("A"))
    }

    inBothProtocols("INSERT ... SELECT from an ordinary table") { run =>
      val item = name("Melange")
      sql(s"insert into public.orders (item, amount) select '$item', n * 10 from generate_series(1, 4) n")
      forget()
      val answer = run(
        s"insert into salesforce.contacts (last_name, lifetime_value) select item || ' ' || amount::int, amount from public.orders where item = '$item' order by amount desc returning last_name, lifetime_value"
      )
      theRequest.rows() shouldBe 4
      rows(answer).map(_.head) shouldBe Seq(40, 30, 20, 10).map(n => s"$item $n")
      rows(answer).map(row => BigDecimal(row(1))) shouldBe Seq[BigDecimal](40, 30, 20, 10)
    }

    inBothProtocols("INSERT ... SELECT that gives no row sends nothing") { run =>
      run("insert into salesforce.contacts (last_name) select 'Nobody' where false returning id").result().tag() shouldBe "INSERT 0 0"
      nothingSent()
    }

    inBothProtocols("with a WITH of its own, an alias and a comment at the end") { run =>
      val house = name("Corrino")
      val answer = run(
        s"with source as (select '$house' as house) insert into salesforce.contacts as c (last_name) select house from source returning c.last_name as who -- the emperor"
      )
      theRequest.rows() shouldBe 1
      answer.result().columnNames().asScala shouldBe Seq("who")
      rows(answer) shouldBe Seq(Seq(house))
    }
  }

  Feature("Any SQL that Postgres understands in the values") {
    inBothProtocols("expressions and sub-selects") { run =>
      val item = name("Ornithopter")
      sql(s"insert into public.orders (item, amount) values ('$item', 3), ('$item', 4)")
      forget()
      val answer = run(
        s"insert into salesforce.contacts (last_name, note, score, birthdate, has_opted_out_of_email) values (upper('$item'), (select string_agg(amount::text, '+' order by amount) from public.orders where item = '$item'), 1.5 * 2, date '2000-02-28' + 1, 1 = 1) returning last_name, note, score, birthdate, has_opted_out_of_email"
      )
      theRequest.sent(0, "LastName") shouldBe item.toUpperCase
      theRequest.sent(0, "Note__c") shouldBe "3+4"
      theRequest.sent(0, "Birthdate") shouldBe "2000-02-29"
      val row = rows(answer).head
      row.take(2) shouldBe Seq(item.toUpperCase, "3+4")
      BigDecimal(row(2)) shouldBe BigDecimal(3)
      row.drop(3) shouldBe Seq("2000-02-29", "t")
    }

    Scenario("parameters as text") {
      val house = name("Ginaz")
      val answer = extended("insert into salesforce.contacts (last_name, score) values ($1 || '!', $2::numeric + 1) returning last_name, $1::text, score > $2::numeric", house, "41")
      theRequest.sent(0, "LastName") shouldBe s"$house!"
      rows(answer) shouldBe Seq(Seq(s"$house!", house, "t"))
    }

    Scenario("parameters and results in binary") {
      val house = name("Richese")
      val int4 = 23
      val text = 25
      val answer = client
        .parse("", "insert into salesforce.contacts (last_name, score) values ($1, $2) returning last_name, score::int4, length(last_name)", text, int4)
        .bind("", "", 1, List[Array[Byte]](house.getBytes(UTF_8), ByteBuffer.allocate(4).putInt(258).array()).asJava, 1)
        .describePortal("")
        .execute("", 0)
        .sync()
        .answer()
      theRequest.rows() shouldBe 1
      val result = answer.result()
      result.columns().asScala.map(_.format()) shouldBe Seq(1, 1, 1)
      result.text(0, 0) shouldBe house
      ByteBuffer.wrap(result.bytes(0, 1)).getInt shouldBe 258
      ByteBuffer.wrap(result.bytes(0, 2)).getInt shouldBe house.length
    }

    inBothProtocols("DEFAULT, of local columns and of the API's") { run =>
      val house = name("Ecaz")
      val answer = run(
        s"insert into salesforce.contacts (last_name, local_rank, local_note, lead_source, do_not_call) values ('$house', default, 'only here', default, default) returning local_rank, local_note, lead_source, do_not_call"
      )
      theRequest.fields(0).asScala should contain noneOf ("local_rank", "local_note")
      rows(answer) shouldBe Seq(Seq("7", "only here", null, "f"))
      stored(s"select local_rank, local_note from salesforce.contacts where last_name = '$house'") shouldBe Seq(Seq("7", "only here"))
    }

    inBothProtocols("volatile expressions are computed once: API, stored row and RETURNING agree") { run =>
      val department = name("Volatile")
      val before = stored("select last_value from public.ticket").head.head.toLong
      val answer = run(
        s"insert into salesforce.contacts (last_name, department, legacy_id, note, last_seen) select 'T' || nextval('public.ticket'), '$department', left(gen_random_uuid()::text, 30), random()::text, date_trunc('second', clock_timestamp()) from generate_series(1, 5) returning last_name, legacy_id, note, last_seen at time zone 'UTC'"
      )
      theRequest.rows() shouldBe 5
      val sent = (0 until 5).map(row => Seq("LastName", "Legacy_Id__c", "Note__c").map(theRequest.sent(row, _)))
      rows(answer).map(_.take(3)) shouldBe sent
      stored(
        s"select last_name, legacy_id, note, last_seen at time zone 'UTC' from salesforce.contacts where department = '$department' order by substr(last_name, 2)::int"
      ) shouldBe rows(answer)
      val after = stored("select last_value from public.ticket").head.head.toLong
      after - before should be <= 5L
    }
  }

  Feature("The canonical row is the API's, not the statement's") {
    inBothProtocols("trimmed text, empty text as null, money with two digits") { run =>
      val house = name("Moritani")
      val answer = run(
        s"insert into salesforce.contacts (last_name, title, lifetime_value) values ('  $house  ', '', 12.345) returning last_name, title, lifetime_value, owner_id, system_modstamp = created_date"
      )
      theRequest.sent(0, "LastName") shouldBe s"  $house  "
      val row = rows(answer).head
      row.head shouldBe house
      row(1) shouldBe null
      BigDecimal(row(2)).scale should be <= 2
      row(3) should startWith("005")
      row(4) shouldBe "t"
    }

    inBothProtocols("RETURNING * has every column of the table") { run =>
      val house = name("Vernius")
      val answer = run(s"insert into salesforce.contacts (last_name) values ('$house') returning *")
      val all = stored("select attname from pg_attribute where attrelid = 'salesforce.contacts'::regclass and attnum > 0 and not attisdropped order by attnum")
      answer.result().columnNames().asScala shouldBe all.map(_.head)
      answer.result().text(0, "last_name") shouldBe house
    }
  }

  Feature("What only the API may write is refused before anything is sent") {
    for ((column, value) <- Seq("id" -> "'003000000000001AAA'", "created_date" -> "now()", "name" -> "'Me'"))
      inBothProtocols(s"a value for $column") { run =>
        val failure = refused(run(s"insert into salesforce.contacts (last_name, $column) values ('Nobody', $value)"), "428C9")
        failure.message() should include(column)
        nothingSent()
      }

    inBothProtocols("errors of Postgres's own come first and send nothing") { run =>
      refused(run("insert into salesforce.contacts (last_name, birthdate) values ('Nobody', 'not a date')"), "22007")
      refused(run("insert into salesforce.contacts (last_name, score) values ('Nobody', 1 / 0)"), "22012")
      refused(run("insert into salesforce.contacts (last_name, no_such_column) values ('Nobody', 1)"), "42703")
      refused(run("insert into salesforce.contacts (last_name, first_name) values ('Nobody', repeat('x', 41))"), "22001")
      nothingSent()
    }
  }
}
