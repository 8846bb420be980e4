package io.penstock.contract

import scala.jdk.CollectionConverters._

/** UPDATE of a synced table. */
class UpdateSpec extends Contract {
  Feature("One UPDATE is one API request") {
    inBothProtocols("one row, found by any column") { run =>
      val house = name("Atreides")
      val id = sql(s"insert into salesforce.contacts (first_name, last_name, email) values ('Paul', '$house', 'paul@caladan.io') returning id").result().text(0, 0)
      forget()
      val answer = run(s"update salesforce.contacts set email = 'paul@dune.co', note = 'Moved to Dune' where last_name = '$house' returning *")

      theRequest.verb() shouldBe "PATCH"
      theRequest.ids().asScala shouldBe Seq(id)
      theRequest.fields(0).asScala should contain theSameElementsAs Seq("Email", "Note__c")
      answer.result().tag() shouldBe "UPDATE 1"
      answer.result().text(0, "email") shouldBe "paul@dune.co"
      answer.result().text(0, "note") shouldBe "Moved to Dune"
      answer.result().text(0, "first_name") shouldBe "Paul"
      record(id)("Note__c") shouldBe "Moved to Dune"
    }

    inBothProtocols("many rows with values of their own") { run =>
      val department = name("Fremen")
      val ids = contacts(department, 5)
      val answer = run(s"update salesforce.contacts set note = upper(note) || '/' || score, score = score * 2 where department = '$department' and score > 2 returning id, note, score")
      theRequest.rows() shouldBe 3
      theRequest.ids().asScala should contain theSameElementsAs ids.drop(2)
      answer.result().tag() shouldBe "UPDATE 3"
      rows(answer).map(row => row.take(2)) should contain theSameElementsAs Seq(
        Seq(ids(2), "N3/3.0"),
        Seq(ids(3), "N4/4.0"),
        Seq(ids(4), "N5/5.0")
      )
      rows(answer).map(row => BigDecimal(row(2))) should contain theSameElementsAs Seq[BigDecimal](6, 8, 10)
    }

    inBothProtocols("no matching row sends nothing") { run =>
      run("update salesforce.contacts set note = 'x' where last_name = 'nobody has this name' returning id").result().tag() shouldBe "UPDATE 0"
      nothingSent()
    }
  }

  Feature("Any SQL that Postgres understands") {
    Scenario("SET note = upper(note) || $1 with a parameter") {
      val department = name("Param")
      contacts(department)
      val answer = extended("update salesforce.contacts set note = upper(note) || $1 where department = $2 returning note, $1 || '?'", "-x", department)
      theRequest.sent(0, "Note__c") shouldBe "N1-x"
      rows(answer) shouldBe Seq(Seq("N1-x", "-x?"))
    }

    inBothProtocols("UPDATE ... FROM") { run =>
      val department = name("Orders")
      val ids = contacts(department, 3)
      sql(s"insert into public.orders (contact_id, item, amount) values ('${ids(0)}', 'a', 10), ('${ids(2)}', 'b', 30)")
      forget()
      val answer = run(
        s"update salesforce.contacts as c set lifetime_value = o.amount, note = o.item from public.orders o where o.contact_id = c.id and c.department = '$department' returning c.id, c.note"
      )
      theRequest.rows() shouldBe 2
      answer.result().tag() shouldBe "UPDATE 2"
      rows(answer) should contain theSameElementsAs Seq(Seq(ids(0), "a"), Seq(ids(2), "b"))
    }

    inBothProtocols("RETURNING may not name what UPDATE ... FROM joined: refused before anything is sent") { run =>
      val department = name("Joined")
      val ids = contacts(department)
      sql(s"insert into public.orders (contact_id, item) values ('${ids.head}', 'a')")
      forget()
      refused(
        run(s"update salesforce.contacts c set note = o.item from public.orders o where o.contact_id = c.id and c.department = '$department' returning o.item"),
        "0A000"
      )
      nothingSent()
    }

    inBothProtocols("sub-selects in WHERE and SET, a correlated one too") { run =>
      val department = name("Sub")
      val ids = contacts(department, 3)
      val answer = run(
        s"update salesforce.contacts c set (note, title) = (select 'best of ' || count(*), max(d.last_name) from salesforce.contacts d where d.department = c.department) where c.id = (select id from salesforce.contacts where department = '$department' order by score desc limit 1) returning id, note, title"
      )
      theRequest.rows() shouldBe 1
      rows(answer) shouldBe Seq(Seq(ids(2), "best of 3", "Contact 3"))
    }

    inBothProtocols("volatile expressions are computed once for each row") { run =>
      val department = name("Lottery")
      contacts(department, 10)
      val answer = run(s"update salesforce.contacts set note = random()::text, legacy_id = nextval('public.ticket')::text where department = '$department' returning last_name, note, legacy_id")
      val sent = (0 until 10).map(row => Seq("Note__c", "Legacy_Id__c").map(theRequest.sent(row, _))).toSet
      sent should have size 10
      rows(answer).map(_.drop(1)).toSet shouldBe sent
      storedContacts(department, "note, legacy_id").toSet shouldBe sent
    }

    inBothProtocols("NULL and DEFAULT empty a field at the API") { run =>
      val department = name("Empty")
      val ids = contacts(department)
      run(s"update salesforce.contacts set note = null, score = default where department = '$department'").result().tag() shouldBe "UPDATE 1"
      theRequest.records().get(0).get("Note__c").isNull shouldBe true
      theRequest.records().get(0).get("Score__c").isNull shouldBe true
      record(ids.head)("Note__c") shouldBe "null"
    }
  }

  Feature("Local columns stay local") {
    inBothProtocols("a change of local columns alone sends nothing") { run =>
      val department = name("Local")
      contacts(department, 2)
      val answer = run(s"update salesforce.contacts set local_note = 'mine ' || last_name, local_rank = local_rank + 1 where department = '$department' returning local_note, local_rank")
      nothingSent()
      answer.result().tag() shouldBe "UPDATE 2"
      rows(answer) should contain theSameElementsAs Seq(Seq("mine Contact 1", "8"), Seq("mine Contact 2", "8"))
      storedContacts(department, "local_note, local_rank") shouldBe Seq(Seq("mine Contact 1", "8"), Seq("mine Contact 2", "8"))
    }

    inBothProtocols("a mixed change sends the API's part and stores both") { run =>
      val department = name("Mixed")
      contacts(department)
      run(s"update salesforce.contacts set local_note = 'here', note = 'there' where department = '$department'").result()
      theRequest.fields(0).asScala shouldBe Seq("Note__c")
      storedContacts(department, "local_note, note") shouldBe Seq(Seq("here", "there"))
    }
  }

  Feature("What cannot be changed is refused before anything is sent") {
    inBothProtocols("the key") { run =>
      val department = name("Key")
      contacts(department)
      refused(run(s"update salesforce.contacts set id = '003000000000001AAA' where department = '$department'"), "0A000")
      nothingSent()
    }

    inBothProtocols("a column that the API calculates") { run =>
      val department = name("Calculated")
      contacts(department)
      val failure = refused(run(s"update salesforce.contacts set created_date = now() where department = '$department'"), "428C9")
      failure.column() shouldBe "created_date"
      nothingSent()
    }
  }

  Feature("A row that the API no longer has") {
    inBothProtocols("UPDATE says so (55000), DELETE takes the row away here too") { run =>
      val department = name("Gone")
      val ids = contacts(department)
      penstock.deleteAtApi("Contact", ids.head)
      forget()
      val failure = refused(run(s"update salesforce.contacts set note = 'x' where department = '$department'"), "55000")
      failure.hint() should include("deleted at the API")
      forget()
      run(s"delete from salesforce.contacts where department = '$department' returning id").result().tag() shouldBe "DELETE 1"
      theRequest.verb() shouldBe "DELETE"
      storedContacts(department, "id") shouldBe empty
    }
  }
}
