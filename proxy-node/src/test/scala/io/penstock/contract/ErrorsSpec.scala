package io.penstock.contract

/** The API's refusal is a Postgres error of the statement itself. */
class ErrorsSpec extends Contract {
  Feature("RETURNING fails over the row that the API made: SY003, since the change was made") {
    inBothProtocols("and the row is there") { run =>
      val department = name("Unreturned")
      val failure = refused(
        run(s"insert into salesforce.contacts (last_name, department) values ('A', '$department') returning 1 / (case when created_date is null then 1 else 0 end)"),
        "SY003"
      )
      failure.severity() shouldBe "ERROR"
      failure.detail() shouldBe "division by zero"
      failure.hint() should include("Do not repeat")
      theRequest.rows() shouldBe 1
      storedContacts(department, "last_name") shouldBe Seq(Seq("A"))
    }
  }

  Feature("An API rejection has SQLSTATE, DETAIL, HINT, schema, table and column") {
    inBothProtocols("a wrong e-mail address") { run =>
      val failure = refused(run("insert into salesforce.contacts (last_name, email) values ('Harkonnen', 'not an address')"), "22P02")
      failure.severity() shouldBe "ERROR"
      failure.message() shouldBe "salesforce validation error"
      failure.detail() shouldBe "Key (email)=(not an address) is not a valid email address."
      failure.hint() should not be empty
      (failure.schema(), failure.table(), failure.column(), failure.constraint()) shouldBe ("salesforce", "contacts", "email", "INVALID_EMAIL_ADDRESS")
      theRequest.rows() shouldBe 1
    }

    inBothProtocols("a required value that is missing") { run =>
      val failure = refused(run("insert into salesforce.contacts (first_name) values ('Nobody')"), "23502")
      failure.column() shouldBe "last_name"
      failure.detail() shouldBe "Key (last_name) is required."
    }

    inBothProtocols("a rule of the org") { run =>
      val failure = refused(run("insert into salesforce.contacts (last_name) values ('Forbidden')"), "23514")
      failure.column() shouldBe "last_name"
      failure.detail() should include("not allowed")
    }

    inBothProtocols("a value that is none of a picklist's") { run =>
      refused(run("insert into salesforce.contacts (last_name, lead_source) values ('A', 'Sandworm')"), "22P02").column() shouldBe "lead_source"
    }

    inBothProtocols("a reference to nothing") { run =>
      refused(run("insert into salesforce.contacts (last_name, account_id) values ('A', '001000000000zzzAAA')"), "23503")
    }

    inBothProtocols("a duplicate") { run =>
      val number = name("C").replace(' ', '-')
      sql(s"insert into salesforce.accounts (name, customer_number) values ('First', '$number')").result()
      refused(run(s"insert into salesforce.accounts (name, customer_number) values ('Second', '$number')"), "23505").column() shouldBe "customer_number"
      stored(s"select name from salesforce.accounts where customer_number = '$number'") shouldBe Seq(Seq("First"))
    }

    inBothProtocols("of one row among many: none is applied") { run =>
      val department = name("AllOrNone")
      val failure = refused(
        run(s"insert into salesforce.contacts (last_name, department, email) values ('A', '$department', 'a@x.io'), ('B', '$department', 'nonsense'), ('C', '$department', 'c@x.io')"),
        "22P02"
      )
      failure.detail() should include("nonsense")
      theRequest.rows() shouldBe 3
      storedContacts(department, "id") shouldBe empty
    }

    inBothProtocols("of an UPDATE leaves the row as it was") { run =>
      val department = name("Unchanged")
      contacts(department)
      refused(run(s"update salesforce.contacts set email = 'x', note = 'y' where department = '$department'"), "22P02").column() shouldBe "email"
      storedContacts(department, "email, note") shouldBe Seq(Seq(null, "n1"))
    }

    Scenario("the session goes on, and so does a pipeline after its Sync") {
      refused(extended("insert into salesforce.contacts (last_name, email) values ('Harkonnen', $1)", "not an address"), "22P02").detail() should include("not an address")
      val house = name("Next")
      val answer = extended("insert into salesforce.contacts (last_name) values ($1) returning last_name", house)
      rows(answer) shouldBe Seq(Seq(house))
      answer.status() shouldBe 'I'
    }
  }
}
