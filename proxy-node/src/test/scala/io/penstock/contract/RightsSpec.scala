package io.penstock.contract

import scala.jdk.CollectionConverters._

/** Who may write is decided by Postgres's own GRANTs and row security, for the client's role. */
class RightsSpec extends Contract {
  Feature("GRANTs decide") {
    for (become <- Seq("logged in as clerk", "app after SET ROLE clerk"))
      Scenario(s"$become: INSERT is granted, UPDATE and DELETE are not") {
        val clerk = if (become.startsWith("logged in")) connectAs("clerk") else connect()
        if (!become.startsWith("logged in")) {
          clerk.simple("set role clerk").failed() shouldBe false
        }
        val department = name("Clerk")
        clerk.simple(s"insert into salesforce.contacts (last_name, department) values ('A', '$department') returning id").result().tag() shouldBe "INSERT 0 1"
        theRequest.rows() shouldBe 1
        forget()
        refused(clerk.simple(s"update salesforce.contacts set note = 'x' where department = '$department'"), "42501").message() shouldBe "permission denied for table contacts"
        refused(clerk.extended(s"delete from salesforce.contacts where department = '$department'"), "42501")
        refused(clerk.simple("insert into salesforce.accounts (name) values ('x')"), "42501")
        nothingSent()
      }

    Scenario("column grants") {
      val department = name("Columns")
      contacts(department)
      penstock.superuser("grant update (note) on salesforce.contacts to clerk")
      try {
        val clerk = connectAs("clerk")
        clerk.simple(s"update salesforce.contacts set note = 'x' where department = '$department'").result().tag() shouldBe "UPDATE 1"
        forget()
        refused(clerk.simple(s"update salesforce.contacts set title = 'x' where department = '$department'"), "42501")
        nothingSent()
      } finally penstock.superuser("revoke update (note) on salesforce.contacts from clerk")
    }
  }

  Feature("Row security decides") {
    Scenario("a policy hides rows and refuses others") {
      penstock.superuser(
        "alter table salesforce.accounts enable row level security",
        "create policy everything on salesforce.accounts to app using (true)",
        "create policy energy on salesforce.accounts to tenant using (industry = 'Energy')"
      )
      try {
        val mine = name("Mine")
        val app = connect()
        val theirs = app.simple(s"insert into salesforce.accounts (name, industry) values ('$mine', 'Banking') returning id").result().text(0, 0)
        val tenant = connectAs("tenant")
        tenant.simple(s"insert into salesforce.accounts (name, industry) values ('$mine', 'Energy') returning industry").result().column(0).asScala shouldBe Seq("Energy")
        forget()
        refused(tenant.simple(s"insert into salesforce.accounts (name, industry) values ('$mine', 'Banking')"), "42501").message() should include("row-level security")
        refused(tenant.simple(s"update salesforce.accounts set industry = 'Banking' where name = '$mine'"), "42501")
        tenant.simple(s"delete from salesforce.accounts where id = '$theirs'").result().tag() shouldBe "DELETE 0"
        nothingSent()
        tenant.simple(s"delete from salesforce.accounts where name = '$mine'").result().tag() shouldBe "DELETE 1"
        theRequest.rows() shouldBe 1
        stored(s"select industry from salesforce.accounts where name = '$mine'") shouldBe Seq(Seq("Banking"))
      } finally
        penstock.superuser(
          "drop policy everything on salesforce.accounts",
          "drop policy energy on salesforce.accounts",
          "alter table salesforce.accounts disable row level security"
        )
    }
  }
}
