package io.penstock.contract

import com.fasterxml.jackson.databind.ObjectMapper

import scala.jdk.CollectionConverters._

/** See before you write. */
class ExplainSpec extends Contract {
  private val insert = "insert into salesforce.contacts (last_name, email) values ('Paul', 'paul@caladan.io'), ('Leto', 'leto@caladan.io')"

  private def plan(answer: io.penstock.node.contract.WireAnswer): String = {
    answer.result().columnNames().asScala shouldBe Seq("QUERY PLAN")
    answer.result().column(0).asScala.mkString("\n")
  }

  Feature("EXPLAIN of a mutation shows the request and sends nothing") {
    inBothProtocols("as text: method, path, rows, limit") { run =>
      val text = plan(run(s"explain $insert"))
      text should include("POST")
      text should include("/services/data/v62.0/composite")
      text should include("2 of at most 200")
      text should not include "caladan.io"
      nothingSent()
    }

    inBothProtocols("VERBOSE adds the body") { run =>
      plan(run(s"explain verbose $insert")) should (include("caladan.io") and include("LastName"))
      plan(run(s"explain (verbose on) $insert")) should include("caladan.io")
      nothingSent()
    }

    inBothProtocols("FORMAT JSON") { run =>
      val request = new ObjectMapper().readTree(plan(run(s"explain (format json, verbose) $insert"))).path(0).path("API Request")
      request.path("Rows").asInt() shouldBe 2
      request.path("Maximum Rows").asInt() shouldBe 200
      request.path("Requests").path(0).path("Method").asText() shouldBe "POST"
      request.path("Requests").path(0).path("Body").toString should include("caladan.io")
      nothingSent()
    }

    inBothProtocols("of UPDATE and DELETE, and of what matches nothing") { run =>
      val department = name("Explained")
      contacts(department, 3)
      plan(run(s"explain update salesforce.contacts set note = 'x' where department = '$department'")) should include("3 of at most 200")
      plan(run(s"explain delete from salesforce.contacts where department = '$department'")) should include("DELETE")
      plan(run("explain delete from salesforce.contacts where id = 'none'")) should include("no row matches")
      nothingSent()
      storedContacts(department, "note") shouldBe Seq(Seq("n1"), Seq("n2"), Seq("n3"))
    }

    inBothProtocols("says what limit would be exceeded") { run =>
      refused(run("explain insert into salesforce.contacts (last_name) select 'x' from generate_series(1, 201)"), "54000")
      nothingSent()
    }

    inBothProtocols("of anything else is Postgres's own") { run =>
      plan(run("explain select * from salesforce.contacts")) should include("Scan on contacts")
    }
  }

  Feature("SET penstock.dry_run") {
    inBothProtocols("plans, answers and sends nothing") { run =>
      val department = name("Dry")
      contacts(department)
      run("set penstock.dry_run = on").failed() shouldBe false
      val dry = run(s"update salesforce.contacts set note = upper(note) || '!' where department = '$department' returning note")
      rows(dry) shouldBe Seq(Seq("N1!"))
      dry.result().tag() shouldBe "UPDATE 1"
      dry.notices().asScala.map(_.message()).mkString should include("dry run")
      run(s"insert into salesforce.contacts (last_name) values ('Dry') returning id, last_name").result().text(0, 0) shouldBe null
      run(s"delete from salesforce.contacts where department = '$department'").result().tag() shouldBe "DELETE 1"
      nothingSent()
      storedContacts(department, "note") shouldBe Seq(Seq("n1"))
      run("reset penstock.dry_run").failed() shouldBe false
      run(s"update salesforce.contacts set note = 'wet' where department = '$department'").result().tag() shouldBe "UPDATE 1"
      theRequest.rows() shouldBe 1
    }

    inBothProtocols("SET LOCAL ends with its transaction") { run =>
      val house = name("Local")
      sql("begin")
      run("set local penstock.dry_run = on").failed() shouldBe false
      run(s"insert into salesforce.contacts (last_name) values ('$house')").result()
      nothingSent()
      sql("rollback")
      run(s"insert into salesforce.contacts (last_name) values ('$house')").result()
      theRequest.rows() shouldBe 1
    }
  }
}
