package io.penstock.contract

import io.penstock.node.contract.PenstockFixture
import org.scalatest.BeforeAndAfterAll

/** The API's rate limit, on a node of its own: after it nothing is sent for a while. */
class QuotaSpec extends Contract with BeforeAndAfterAll {
  private lazy val limited = PenstockFixture.start("60s")

  override protected def penstock: PenstockFixture = limited

  override protected def afterAll(): Unit = limited.close()

  Feature("A spent budget is 53400, and nothing is applied") {
    Scenario("REQUEST_LIMIT_EXCEEDED, which Salesforce says with 403") {
      penstock.sandbox().limit(100, 100)
      val failure = refused(sql("insert into salesforce.contacts (last_name) values ('Nobody')"), "53400")
      failure.hint() should include("Nothing was applied")
      asked.size should be <= 1
      refused(sql("insert into salesforce.contacts (last_name) values ('Nobody')"), "53400")
      asked.size should be <= 2
      sql("select count(*) from salesforce.contacts").failed() shouldBe false
    }
  }
}
