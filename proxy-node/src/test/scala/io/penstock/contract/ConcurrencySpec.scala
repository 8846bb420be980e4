package io.penstock.contract

import java.util.concurrent.Executors
import org.awaitility.Awaitility.await

import scala.concurrent.duration._
import scala.concurrent.{Await, ExecutionContext, Future}

/** Clients that meet at one row, that give up, and that vanish. */
class ConcurrencySpec extends Contract {
  private def waitingForLock(): Boolean =
    stored("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = 'contract'").head.head != "0"

  /** `writer.size` unless set. */
  private val Writers = 8

  private def writersInUse(): Int =
    stored("select count(*) from pg_stat_activity where usename = 'penstock_writer' and application_name <> 'penstock journal' and state <> 'idle'").head.head.toInt

  private def inParallel[T](count: Int)(work: Int => T): Seq[T] = {
    val threads = Executors.newFixedThreadPool(count)
    implicit val context: ExecutionContext = ExecutionContext.fromExecutor(threads)
    try Await.result(Future.sequence((1 to count).map(n => Future(work(n)))), 60.seconds)
    finally threads.shutdown()
  }

  Feature("Concurrent writes to one row keep their order") {
    Scenario("what the API got last is what Postgres holds, and no update is lost") {
      val department = name("Counter")
      contacts(department)
      sql(s"update salesforce.contacts set score = 0 where department = '$department'").result()
      forget()
      val clients = (1 to 6).map(_ => connect())
      inParallel(6) { n =>
        for (_ <- 1 to 5)
          clients(n - 1).simple(s"update salesforce.contacts set score = score + 1 where department = '$department'").result().tag() shouldBe "UPDATE 1"
      }
      asked should have size 30
      asked.map(request => BigDecimal(request.sent(0, "Score__c"))) shouldBe (1 to 30).map(BigDecimal(_))
      BigDecimal(storedContacts(department, "score").head.head) shouldBe BigDecimal(30)
    }

    Scenario("INSERTs side by side do not wait for one another's rows") {
      val department = name("Parallel")
      val clients = (1 to 6).map(_ => connect())
      inParallel(6) { n =>
        for (m <- 1 to 3)
          clients(n - 1).extended(s"insert into salesforce.contacts (last_name, department) values ('$n-$m', '$department') returning id").result().rows().size() shouldBe 1
      }
      asked should have size 18
      storedContacts(department, "id").distinct should have size 18
    }
  }

  Feature("Cancel") {
    Scenario("before anything is sent: 57014, and nothing is") {
      val department = name("Cancel")
      contacts(department)
      val locker = connectDirectly("app")
      locker.simple("begin").status() shouldBe 'T'
      locker.simple(s"select from salesforce.contacts where department = '$department' for update").failed() shouldBe false
      client.query(s"update salesforce.contacts set note = 'x' where department = '$department'").flush()
      await().until(() => waitingForLock())
      client.cancel()
      refused(client.answer(), "57014")
      nothingSent()
      locker.simple("rollback")
      sql(s"update salesforce.contacts set note = 'y' where department = '$department'").result().tag() shouldBe "UPDATE 1"
    }

    Scenario("while it stands in line for a writer: 57014, and the writer that it gets is given back") {
      val department = name("Line")
      val other = name("Behind")
      contacts(other)
      val holders = (1 to Writers).map(_ => connect())
      holders.foreach(_ => penstock.sandbox().faults().next(new io.penstock.sandbox.server.Fault.Latency(java.time.Duration.ofSeconds(2))))
      holders.foreach(_.query(s"insert into salesforce.contacts (last_name, department) values ('A', '$department')").flush())
      await().until(() => asked.size == Writers)
      val allTaken = stored("select clock_timestamp()").head.head
      client.query(s"update salesforce.contacts set note = 'x' where department = '$other'").flush()
      await().until(() => stored(s"select count(*) from pg_stat_activity where usename = 'app' and state_change > '$allTaken'").head.head != "0")
      client.cancel()
      refused(client.answer(), "57014")
      holders.foreach(_.answer().result().tag() shouldBe "INSERT 0 1")
      await().until(() => writersInUse() == 0)
      asked should have size Writers
    }

    Scenario("of an ordinary query reaches it, and nothing later") {
      client.query("select pg_sleep(60)").flush()
      await().until(() => stored("select count(*) from pg_stat_activity where state = 'active' and query = 'select pg_sleep(60)'").head.head == "1")
      client.cancel()
      refused(client.answer(), "57014")
      sql("select 1").result().text(0, 0) shouldBe "1"
    }
  }

  Feature("C-07: a client that vanishes after its statement was sent") {
    Scenario("the mutation is completed, and the journal with it") {
      val department = name("Vanish")
      penstock.sandbox().faults().next(new io.penstock.sandbox.server.Fault.Latency(java.time.Duration.ofMillis(300)))
      val gone = connect()
      gone.query(s"insert into salesforce.contacts (last_name, department) values ('A', '$department')").flush()
      await().until(() => asked.nonEmpty)
      gone.vanish()
      await().until(() => storedContacts(department, "id").size == 1)
      await().until(() => stored("select count(*) from penstock.mutation_journal where state not in ('APPLIED', 'REJECTED', 'NOT_APPLIED')").head.head == "0")
      asked should have size 1
    }
  }
}
