package io.penstock.contract

/** A statement that would need more than one request is refused before anything is sent. */
class LimitsSpec extends Contract {
  Feature("200 rows work, 201 send nothing") {
    inBothProtocols("INSERT") { run =>
      val department = name("Limit")
      run(s"insert into salesforce.contacts (last_name, department) select 'L' || n, '$department' from generate_series(1, 200) n").result().tag() shouldBe "INSERT 0 200"
      theRequest.rows() shouldBe 200
      forget()
      val failure = refused(run(s"insert into salesforce.contacts (last_name, department) select 'L' || n, '$department' from generate_series(1, 201) n"), "54000")
      failure.message() should (include("201") and include("200"))
      failure.hint() should include("Nothing was sent")
      nothingSent()
      storedContacts(department, "count(*) over ()").size shouldBe 200
    }

    inBothProtocols("UPDATE and DELETE") { run =>
      val department = name("Limit")
      contacts(department, 200)
      contacts(department, 1)
      for (statement <- Seq(s"update salesforce.contacts set note = 'x' where department = '$department'", s"delete from salesforce.contacts where department = '$department'")) {
        val failure = refused(run(statement), "54000")
        failure.message() should (include("201") and include("200"))
        nothingSent()
      }
      run(s"update salesforce.contacts set note = 'x' where department = '$department' and not (note = 'n200')").result().tag() shouldBe "UPDATE 200"
      theRequest.rows() shouldBe 200
      forget()
      run(s"delete from salesforce.contacts where department = '$department' and note = 'x'").result().tag() shouldBe "DELETE 200"
      theRequest.rows() shouldBe 200
    }

    inBothProtocols("a million rows are not even counted") { run =>
      val failure = refused(run("insert into salesforce.contacts (last_name) select 'L' || n from generate_series(1, 1000000) n"), "54000")
      failure.message() should include("10000")
      nothingSent()
    }
  }
}
