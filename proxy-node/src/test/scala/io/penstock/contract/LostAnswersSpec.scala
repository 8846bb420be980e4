package io.penstock.contract

import io.penstock.node.contract.{PenstockFixture, WireAnswer}
import io.penstock.sandbox.server.Fault.Moment
import io.penstock.sandbox.server.{Fault, FaultMatch}
import org.awaitility.Awaitility.await
import org.scalatest.BeforeAndAfterAll

import java.time.Duration
import java.util.concurrent.Executors
import scala.concurrent.duration._
import scala.concurrent.{Await, ExecutionContext, Future}
import scala.jdk.CollectionConverters._

/** Trouble with the API: nothing is lost or doubled, and what is not known is said to be unknown (catalogue C-03, C-04, C-06).
  *
  * A node of its own, which waits two seconds for an answer.
  */
class LostAnswersSpec extends Contract with BeforeAndAfterAll {
  private lazy val impatient = PenstockFixture.start("2s")

  override protected def penstock: PenstockFixture = impatient

  override protected def afterAll(): Unit = impatient.close()

  private val write = FaultMatch.path("/composite")
  private val create = FaultMatch.method("POST").withPath("/composite")

  private def journal(id: String): Map[String, String] = {
    val columns = Seq("state", "hint", "what_happened")
    columns.zip(stored(s"select ${columns.mkString(", ")} from penstock.journal where id = '$id'").head).toMap
  }

  private def entry(hint: String): String =
    "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}".r.findFirstIn(hint).getOrElse(fail(s"no journal id in: $hint"))

  Feature("A lost answer is found again, and the statement succeeds") {
    for (
      (title, fault) <- Seq(
        "the connection drops" -> new Fault.Drop(Moment.AFTER_COMMIT),
        "the connection is reset" -> new Fault.Reset(Moment.AFTER_COMMIT),
        "half a body" -> new Fault.HalfBody(),
        "an HTML page" -> new Fault.HtmlPage(),
        "no JSON" -> new Fault.InvalidJson(),
        "a 500 that lies" -> new Fault.Status(500, Moment.AFTER_COMMIT),
        "a 504 that lies" -> new Fault.Status(504, Moment.AFTER_COMMIT)
      )
    )
      Scenario(s"$title after INSERT, UPDATE and DELETE were applied") {
        val department = name("Lost")
        penstock.sandbox().faults().next(write, fault)
        val made = sql(s"insert into salesforce.contacts (last_name, department) values ('A', '$department'), ('B', '$department') returning last_name, id")
        made.result().tag() shouldBe "INSERT 0 2"
        made.result().column(0).asScala shouldBe Seq("A", "B")
        penstock.sandbox().faults().next(write, fault)
        sql(s"update salesforce.contacts set note = 'found' where department = '$department' returning note").result().column(0).asScala shouldBe Seq("found", "found")
        penstock.sandbox().faults().next(write, fault)
        sql(s"delete from salesforce.contacts where department = '$department'").result().tag() shouldBe "DELETE 2"
        asked.filter(_.writes()).map(_.verb()) shouldBe Seq("POST", "PATCH", "DELETE")
        penstock.agreement().unfinished().asScala shouldBe empty
      }
  }

  Feature("What is not known is 40003, with the journal entry's id") {
    Scenario("an API that hangs, and applies it after all") {
      val department = name("Hang")
      penstock.sandbox().faults().next(create, new Fault.Hang(Duration.ofSeconds(15), Moment.BEFORE_COMMIT))
      val answer = sql(s"insert into salesforce.contacts (last_name, department) values ('A', '$department')")
      val failure = refused(answer, "40003")
      failure.hint() should include("Do not repeat")
      val id = entry(failure.hint())
      Seq("IN_DOUBT", "INTENT", "APPLIED") should contain(journal(id)("state"))
      sql(s"select state from penstock.journal where id = '$id'").result().rows().size() shouldBe 1
      // The request is still being worked on: recovery finds its row when it comes.
      await().atMost(60, java.util.concurrent.TimeUnit.SECONDS).until(() => journal(id)("state") == "APPLIED")
      storedContacts(department, "last_name") shouldBe Seq(Seq("A"))
      asked.count(_.writes()) shouldBe 1
    }

    Scenario("answers that do not say whether it was applied: 40003, and nothing local") {
      val ambiguous = Seq(500, 502, 503, 504, 529)
      val threads = Executors.newFixedThreadPool(ambiguous.size)
      implicit val context: ExecutionContext = ExecutionContext.fromExecutor(threads)
      try {
        ambiguous.foreach(status => penstock.sandbox().faults().next(create, new Fault.Status(status, Moment.BEFORE_COMMIT)))
        val clients = ambiguous.map(_ => connect())
        val answers: Seq[WireAnswer] = Await.result(
          Future.sequence(clients.map(each => Future(each.simple(s"insert into salesforce.contacts (last_name, department) values ('A', 'Ambiguous')")))),
          90.seconds
        )
        answers.foreach(answer => Seq("40003", "HV000") should contain(answer.failure().sqlState()))
        storedContacts("Ambiguous", "id") shouldBe empty
      } finally threads.shutdown()
    }
  }

  Feature("C-04: answers that say it was not applied") {
    Scenario("401, an expired token: refreshed once, tried once more, and the client sees success") {
      val department = name("Expired")
      penstock.sandbox().expireTokens()
      val tokens = penstock.sandbox().requests().asScala.count(_.path().contains("/oauth2/token"))
      sql(s"insert into salesforce.contacts (last_name, department) values ('A', '$department')").result().tag() shouldBe "INSERT 0 1"
      penstock.sandbox().requests().asScala.count(_.path().contains("/oauth2/token")) - tokens shouldBe 1
      asked.filter(_.writes()).map(_.received().status()) shouldBe Seq(401, 200)
      storedContacts(department, "last_name") shouldBe Seq(Seq("A"))
    }

    Scenario("401 again and again: one refresh, then HV00N") {
      penstock.sandbox().faults().next(2, create, new Fault.Status(401, Moment.BEFORE_COMMIT))
      refused(sql("insert into salesforce.contacts (last_name) values ('Nobody')"), "HV00N")
      asked.count(_.writes()) shouldBe 2
    }

    for ((status, sqlStates) <- Seq(400 -> Set("23514", "22P02", "HV000"), 404 -> Set("0A000", "55000", "23514"), 409 -> Set("23514", "55P03", "23505"), 412 -> Set("23514"), 422 -> Set("23514")))
      Scenario(s"$status is a plain error with SQLSTATE ${sqlStates.mkString(" or ")}") {
        penstock.sandbox().faults().next(create, new Fault.Status(status, Moment.BEFORE_COMMIT))
        val failure = sql("insert into salesforce.contacts (last_name) values ('Nobody')").failure()
        withClue(s"${failure.fields()} ")(sqlStates should contain(failure.sqlState()))
        asked.count(_.writes()) shouldBe 1
      }

    Scenario("an API that cannot lock the row: 55P03") {
      penstock.sandbox().faults().next(create, new Fault.RefuseRecords("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"))
      refused(sql("insert into salesforce.contacts (last_name) values ('Nobody')"), "55P03")
      asked.count(_.writes()) shouldBe 1
    }
  }

  Feature("C-06: the API accepted, the local table refuses the API's row") {
    Scenario("23000 with the API's id and the journal's; the entry is parked, and stored when the constraint is gone") {
      val department = name("Parked")
      penstock.superuser("alter table salesforce.contacts add constraint short_name check (name is null or length(name) < 40) not valid")
      val answer = sql(s"insert into salesforce.contacts (first_name, last_name, department) values (repeat('x', 30), 'A long last name', '$department') returning id")
      penstock.superuser("alter table salesforce.contacts drop constraint short_name")
      val failure = refused(answer, "23000")
      failure.message() should include("accepted the change")
      failure.detail() should include("(SQLSTATE 23514). API id: 003")
      val id = entry(failure.hint())
      asked.count(_.writes()) shouldBe 1
      penstock.sandbox().objects("Contact").asScala.count(_.path("Department").asText() == department) shouldBe 1
      Seq("PARKED", "APPLIED") should contain(journal(id)("state"))
      penstock.restartNode()
      await().atMost(60, java.util.concurrent.TimeUnit.SECONDS).until(() => journal(id)("state") == "APPLIED")
      storedContacts(department, "last_name") shouldBe Seq(Seq("A long last name"))
    }
  }
}
