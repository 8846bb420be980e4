package io.penstock.contract

/** Upserts and the statements that no API request can be made of. */
class RefusedShapesSpec extends Contract {
  Feature("ON CONFLICT") {
    inBothProtocols("DO NOTHING without a conflict is an INSERT") { run =>
      val department = name("Conflict")
      run(s"insert into salesforce.contacts (last_name, department) values ('A', '$department') on conflict do nothing returning last_name").result().tag() shouldBe "INSERT 0 1"
      theRequest.rows() shouldBe 1
    }

    inBothProtocols("DO NOTHING sends the rows that do not conflict, and nothing where all do") { run =>
      val number = name("N").replace(' ', '-')
      penstock.superuser("create unique index if not exists accounts_number on salesforce.accounts (customer_number)")
      sql(s"insert into salesforce.accounts (name, customer_number) values ('First', '$number')").result()
      forget()
      run(s"insert into salesforce.accounts (name, customer_number) values ('Second', '$number') on conflict (customer_number) do nothing returning id").result().tag() shouldBe "INSERT 0 0"
      nothingSent()
      run(s"insert into salesforce.accounts (name, customer_number) values ('Second', '$number'), ('Third', '$number-3') on conflict (customer_number) do nothing returning name").result().tag() shouldBe "INSERT 0 1"
      theRequest.rows() shouldBe 1
      theRequest.sent(0, "Name") shouldBe "Third"
    }

    inBothProtocols("DO UPDATE is refused with a hint") { run =>
      val failure = refused(run("insert into salesforce.contacts (last_name) values ('A') on conflict (id) do update set note = 'x'"), "0A000")
      failure.hint() should include("DO NOTHING")
      nothingSent()
    }
  }

  Feature("Refused with 0A000 and a hint, nothing sent") {
    for (
      statement <- Seq(
        "merge into salesforce.contacts c using public.orders o on o.contact_id = c.id when matched then update set note = o.item",
        "merge into salesforce.contacts c using (values ('x')) v(n) on false when not matched then insert (last_name) values (v.n)",
        "truncate salesforce.contacts",
        "with gone as (delete from salesforce.contacts returning id) select count(*) from gone",
        "with a as (insert into salesforce.contacts (last_name) values ('A') returning id) insert into public.orders (contact_id) select id from a",
        "explain analyze insert into salesforce.contacts (last_name) values ('A')"
      )
    )
      inBothProtocols(statement) { run =>
        val failure = refused(run(statement), "0A000")
        failure.hint() should not be empty
        nothingSent()
      }

    for (
      statement <- Seq(
        "copy salesforce.contacts (last_name) from stdin",
        "copy (insert into salesforce.contacts (last_name) values ('A') returning id) to stdout"
      )
    )
      Scenario(statement) {
        refused(sql(statement), "0A000").hint() should not be empty
        nothingSent()
        sql("select 1").result().text(0, 0) shouldBe "1"
      }

    Scenario("COPY TO of a synced table is an ordinary read") {
      val answer = sql("copy (select id from salesforce.accounts limit 1) to stdout")
      answer.result().tag() shouldBe "COPY 1"
    }
  }
}
