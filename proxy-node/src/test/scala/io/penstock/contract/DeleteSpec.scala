package io.penstock.contract

import scala.jdk.CollectionConverters._

/** DELETE from a synced table. */
class DeleteSpec extends Contract {
  Feature("One DELETE is one API request") {
    inBothProtocols("one row") { run =>
      val department = name("Duncan")
      val ids = contacts(department, 2)
      run(s"delete from salesforce.contacts where department = '$department' and score = 1").result().tag() shouldBe "DELETE 1"
      theRequest.verb() shouldBe "DELETE"
      theRequest.ids().asScala shouldBe Seq(ids.head)
      storedContacts(department, "id") shouldBe Seq(Seq(ids(1)))
    }

    inBothProtocols("many rows, RETURNING what they were") { run =>
      val department = name("Sardaukar")
      val ids = contacts(department, 4)
      val answer = run(s"delete from salesforce.contacts where department = '$department' returning id, last_name || '!' as was")
      theRequest.ids().asScala should contain theSameElementsAs ids
      answer.result().tag() shouldBe "DELETE 4"
      answer.result().columnNames().asScala shouldBe Seq("id", "was")
      rows(answer) should contain theSameElementsAs ids.zipWithIndex.map { case (id, n) => Seq(id, s"Contact ${n + 1}!") }
    }

    inBothProtocols("DELETE ... USING") { run =>
      val department = name("Using")
      val ids = contacts(department, 3)
      sql(s"insert into public.orders (contact_id, item) values ('${ids(1)}', 'last')")
      forget()
      run(s"delete from salesforce.contacts c using public.orders o where o.contact_id = c.id and c.department = '$department' returning c.id").result().column(0).asScala shouldBe Seq(ids(1))
      theRequest.rows() shouldBe 1
    }

    inBothProtocols("of rows chosen by ctid, self join and a correlated sub-select") { run =>
      val department = name("Ctid")
      val ids = contacts(department, 4)
      run(s"delete from salesforce.contacts where ctid = any (array(select ctid from salesforce.contacts where department = '$department' order by score limit 1))").result().tag() shouldBe "DELETE 1"
      theRequest.ids().asScala shouldBe ids.take(1)
      forget()
      run(s"delete from salesforce.contacts a using salesforce.contacts b where a.department = '$department' and b.department = a.department and b.score = a.score + 1 and a.score = 2").result().tag() shouldBe "DELETE 1"
      theRequest.ids().asScala shouldBe Seq(ids(1))
      forget()
      run(s"delete from only salesforce.contacts a where department = '$department' and not exists (select from salesforce.contacts b where b.department = a.department and b.score > a.score)").result().tag() shouldBe "DELETE 1"
      theRequest.ids().asScala shouldBe Seq(ids(3))
    }

    inBothProtocols("no matching row sends nothing") { run =>
      run("delete from salesforce.contacts where last_name = 'nobody has this name'").result().tag() shouldBe "DELETE 0"
      nothingSent()
    }
  }
}
