package io.penstock.contract

import io.penstock.node.contract.{ApiRequest, PenstockFixture, WireAnswer, WireClient}
import org.scalatest.{Failed, Outcome}
import org.scalatest.featurespec.AnyFeatureSpec
import org.scalatest.matchers.should.Matchers

import scala.collection.mutable.ListBuffer
import scala.jdk.CollectionConverters._
import scala.util.control.NonFatal

/** SQL in, API request out, row back: the words in which the contract is written.
  *
  * Each scenario has clients of its own. After each, API and Postgres must hold the same rows, unless the scenario says why not by
  * overriding [[agrees]].
  */
trait Contract extends AnyFeatureSpec with Matchers {
  protected def penstock: PenstockFixture = PenstockFixture.shared()

  private val clients = ListBuffer.empty[WireClient]
  private var first = Option.empty[WireClient]
  private var mark = 0L

  override def withFixture(test: NoArgTest): Outcome = {
    forget()
    try {
      val outcome = test()
      penstock.sandbox().faults().clear()
      if (outcome.isSucceeded) {
        agrees()
      }
      outcome
    } catch {
      case NonFatal(difference) => Failed(difference)
    } finally {
      penstock.sandbox().faults().clear()
      clients.foreach(_.close())
      clients.clear()
      first = None
    }
  }

  /** What has to hold after each scenario. */
  protected def agrees(): Unit =
    withClue("API and Postgres differ: ") {
      penstock.agreement().differences().asScala.toList shouldBe empty
    }

  // ---- SQL in ----

  /** The scenario's first client; connects when it is first asked for. */
  protected def client: WireClient = {
    if (first.isEmpty) {
      first = Some(connect())
    }
    first.get
  }

  /** A further client, as `app`. */
  protected def connect(parameters: String*): WireClient = tracked(penstock.client(parameters: _*))

  protected def connectAs(user: String): WireClient = tracked(penstock.clientAs(user))

  /** A client of Postgres itself, past the proxy. */
  protected def connectDirectly(user: String): WireClient = tracked(penstock.directClient(user))

  private def tracked(opened: WireClient): WireClient = {
    clients += opened
    opened
  }

  /** As a simple query, on the scenario's first client. */
  protected def sql(text: String): WireAnswer = client.simple(text)

  /** By Parse, Bind, Describe, Execute, Sync, with parameters as text. */
  protected def extended(text: String, parameters: String*): WireAnswer = client.extended(text, parameters: _*)

  /** What is said of both ways in which a client can send a statement. */
  protected def inBothProtocols(title: String)(scenario: (String => WireAnswer) => Unit): Unit = {
    Scenario(s"$title (simple query)")(scenario(text => client.simple(text)))
    Scenario(s"$title (extended protocol)")(scenario(text => client.extended(text)))
  }

  // ---- API request out ----

  /** Requests that the API received since the scenario began, or since [[forget]]. */
  protected def asked: Seq[ApiRequest] = penstock.requests(mark).asScala.toSeq

  protected def forget(): Unit = mark = penstock.mark()

  /** The one request that a statement became. */
  protected def theRequest: ApiRequest = {
    val requests = asked
    withClue(s"one statement, one request, but: $requests ")(requests should have size 1)
    requests.head
  }

  protected def nothingSent(): Unit =
    withClue("nothing may have been sent: ")(asked shouldBe empty)

  // ---- rows ----

  protected def name(stem: String): String = penstock.name(stem)

  /** Makes contacts of one department through the proxy and forgets the request. Their ids, in order. */
  protected def contacts(department: String, count: Int = 1): Seq[String] = {
    val made = penstock.client()
    try {
      val answer = made.simple(
        s"insert into salesforce.contacts (last_name, department, note, score) select 'Contact ' || n, '$department', 'n' || n, n from generate_series(1, $count) n returning id"
      )
      forget()
      answer.result().column(0).asScala.toSeq
    } finally made.close()
  }

  /** What Postgres really holds, past the proxy. */
  protected def stored(query: String): Seq[Seq[String]] =
    penstock.stored(query).asScala.map(_.asScala.toSeq).toSeq

  protected def storedContacts(department: String, columns: String): Seq[Seq[String]] =
    stored(s"select $columns from salesforce.contacts where department = '$department' order by last_name")

  /** The API's own record. */
  protected def record(id: String): Map[String, String] =
    penstock
      .sandbox()
      .objects("Contact")
      .asScala
      .find(_.path("Id").asText() == id)
      .map(_.properties().asScala.map(field => field.getKey -> field.getValue.asText()).toMap)
      .getOrElse(fail(s"the API has no contact $id"))

  protected def rows(answer: WireAnswer): Seq[Seq[String]] =
    answer.result().rows().asScala.indices.map(row =>
      answer.result().columns().asScala.indices.map(column => answer.result().text(row, column))
    )

  /** The statement failed with this SQLSTATE; the rest of the report for further looks. */
  protected def refused(answer: WireAnswer, sqlState: String) = {
    val failure = answer.failure()
    withClue(s"${failure.fields()} ")(failure.sqlState() shouldBe sqlState)
    failure
  }
}
