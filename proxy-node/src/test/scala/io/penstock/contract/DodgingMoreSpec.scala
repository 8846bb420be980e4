package io.penstock.contract

import io.penstock.node.contract.WireAnswer

import scala.jdk.CollectionConverters._
import scala.util.Random

/** Group S of the test catalogue, S-15 to S-24. S-25 is PlanOracleTest. */
class DodgingMoreSpec extends Contract {
  private def clean(answer: WireAnswer): Unit = if (answer.failed()) nothingSent() else asked.size shouldBe 1

  Feature("S-15 volatile expressions, domains, generated and identity columns") {
    inBothProtocols("500 random statements: API body, stored row and RETURNING agree") { run =>
      val department = name("Random")
      val random = new Random(20261121)
      val expressions = Seq(
        "Note__c" -> Seq("random()::text", "gen_random_uuid()::text", "md5(random()::text)", "clock_timestamp()::text", "pg_backend_pid()::text", "txid_current()::text", "(select note from salesforce.contacts order by random() limit 1)"),
        "LastName" -> Seq("'N' || nextval('public.ticket')", "'N' || (random() * 1e6)::int", "coalesce(null, 'C' || random())", "'S' || (select count(*) from public.orders)"),
        "Legacy_Id__c" -> Seq("nextval('public.ticket')::text", "left(gen_random_uuid()::text, 30)", "to_char(now(), 'HH24:MI:SS.US')", "case when random() < 0.5 then 'a' else 'b' end")
      )
      val columns = Map("Note__c" -> "note", "LastName" -> "last_name", "Legacy_Id__c" -> "legacy_id")
      run(s"insert into salesforce.contacts (last_name, department) select 'R' || n, '$department' from generate_series(1, 3) n").result()
      for (n <- 1 to 500) {
        forget()
        val chosen = expressions.map { case (field, choices) => field -> choices(random.nextInt(choices.size)) }
        val returning = s"returning id, ${chosen.map(each => columns(each._1)).mkString(", ")}"
        val answer =
          if (random.nextInt(3) == 0)
            run(s"insert into salesforce.contacts (${chosen.map(each => columns(each._1)).mkString(", ")}) values (${chosen.map(_._2).mkString(", ")}) $returning")
          else
            run(s"update salesforce.contacts set ${chosen.map(each => s"${columns(each._1)} = ${each._2}").mkString(", ")} where department = '$department' $returning")
        val request = theRequest
        val sent = (0 until request.rows()).map(row => chosen.map(each => request.sent(row, each._1)))
        val returned = rows(answer)
        withClue(s"statement $n, $chosen: ") {
          returned.map(_.tail.map(value => Option(value).getOrElse(""))).toSet shouldBe sent.toSet
          if (n % 25 == 0) {
            val ids = returned.map(row => s"'${row.head}'").mkString(", ")
            stored(s"select id, ${chosen.map(each => columns(each._1)).mkString(", ")} from salesforce.contacts where id in ($ids)").toSet shouldBe returned.toSet
          }
        }
      }
    }

    inBothProtocols("a generated local column and a domain cast") { run =>
      val department = name("Domain")
      penstock.superuser("drop domain if exists public.short", "create domain public.short as text check (length(value) < 10)")
      run(s"insert into salesforce.contacts (last_name, note, department) values ('A', 'fits'::public.short, '$department')").result().tag() shouldBe "INSERT 0 1"
      forget()
      refused(run(s"update salesforce.contacts set note = repeat('x', 10)::public.short where department = '$department'"), "23514")
      nothingSent()
    }
  }

  Feature("S-16 and S-17 the affected set is computed once") {
    inBothProtocols("a LIMIT with random order takes one set, sent, stored and returned alike") { run =>
      val department = name("Once")
      contacts(department, 30)
      val answer = run(s"update salesforce.contacts set note = 'chosen' where ctid in (select ctid from salesforce.contacts where department = '$department' order by random() limit 5) returning id")
      val ids = answer.result().column(0).asScala.toSet
      theRequest.ids().asScala.toSet shouldBe ids
      stored(s"select id from salesforce.contacts where department = '$department' and note = 'chosen'").map(_.head).toSet shouldBe ids
    }

    inBothProtocols("WHERE CURRENT OF is refused") { run =>
      val department = name("Cursor")
      contacts(department)
      sql("begin")
      run(s"declare c cursor for select * from salesforce.contacts where department = '$department' for update").failed() shouldBe false
      run("fetch c").result().rows().size() shouldBe 1
      refused(run("update salesforce.contacts set note = 'x' where current of c"), "0A000")
      nothingSent()
      sql("rollback")
    }
  }

  Feature("S-18 and S-19 roles, settings and forged ids") {
    inBothProtocols("a superuser through the proxy: replica, owner role, row_security, forged settings") { run =>
      val root = connectAs("postgres")
      val execute: String => WireAnswer = root.simple(_)
      for (
        setting <- Seq(
          "set session_replication_role = replica",
          "set role penstock",
          "set row_security = off",
          "set application_name = 'penstock'",
          "select set_config('penstock.writer', 'on', false)",
          "select set_config('penstock.captured', '-100', false)",
          "select set_config('penstock.capture_bound', '1000000', false)"
        )
      ) {
        execute(setting).failed() shouldBe false
        refused(execute("do $$ begin update salesforce.contacts set note = 'forged'; end $$"), "42501")
        execute("reset all")
        execute("reset role")
      }
      nothingSent()
      clean(root.simple("update salesforce.contacts set note = 'root' where id = (select min(id) from salesforce.contacts)"))
    }

    inBothProtocols("SET SESSION AUTHORIZATION to the writer, as superuser") { run =>
      val root = connectAs("postgres")
      root.simple("set session authorization penstock_writer").failed() shouldBe false
      root.simple("do $$ begin update salesforce.contacts set note = 'forged'; end $$").failed() shouldBe true
      clean(root.simple("update salesforce.contacts set note = 'forged' where id = (select min(id) from salesforce.contacts)"))
    }

    inBothProtocols("messages and large objects are nobody's business") { run =>
      run("set application_name = 'penstock'").failed() shouldBe false
      run("select lo_unlink(lo_from_bytea(0, 'x'))").failed() shouldBe false
      refused(run("do $$ begin delete from salesforce.contacts; end $$"), "42501")
      nothingSent()
    }

    inBothProtocols("dblink to oneself") { run =>
      val installed = stored("select count(*) from pg_available_extensions where name = 'dblink'").head.head != "0"
      assume(installed, "this build of Postgres has no dblink")
      penstock.superuser("create extension if not exists dblink", "grant execute on all functions in schema public to app")
      val port = stored("show port").head.head
      val answer = connectAs("postgres").simple(s"select dblink_exec('host=127.0.0.1 port=$port user=app dbname=contract', 'delete from salesforce.contacts')")
      answer.failed() shouldBe true
      answer.error().message() should include("can only be written through Penstock")
      nothingSent()
    }
  }

  Feature("S-20 fast path") {
    Scenario("a FunctionCall of a function that writes is refused by the database, in a block too") {
      // It is relayed, because the large objects of JDBC and libpq need it.
      penstock.superuser(
        "create or replace function public.fast_write() returns integer language plpgsql security definer as $$ begin update salesforce.contacts set note = 'fast'; return 1; end $$"
      )
      val oid = stored("select 'public.fast_write'::regproc::oid").head.head.toInt
      val body = java.nio.ByteBuffer.allocate(10).putInt(oid).putShort(0).putShort(0).putShort(0).array()
      refused(client.raw('F', body).answer(), "42501")
      sql("begin")
      refused(client.raw('F', body).answer(), "42501")
      sql("rollback").status() shouldBe 'I'
      nothingSent()
    }
  }

  Feature("S-21 pipelines") {
    Scenario("a read, a mutation, a read and an error, against what Postgres does with an ordinary table") {
      val department = name("Order")
      def flight(client: io.penstock.node.contract.WireClient, insert: String, count: String) =
        client
          .parse("", "select 1").bind("", "").describePortal("").execute("", 0).sync()
          .parse("", insert).bind("", "").describePortal("").execute("", 0)
          .parse("", count).bind("", "").describePortal("").execute("", 0)
          .parse("", "select 1 / 0").bind("", "").describePortal("").execute("", 0)
          .parse("", "select 3").bind("", "").describePortal("").execute("", 0)
          .sync()
      val proxied = flight(client, s"insert into salesforce.contacts (last_name, department) values ('A', '$department') returning last_name", s"select count(*) from salesforce.contacts where department = '$department'")
      val ours = Seq(proxied.answer(), proxied.answer())
      val direct = connectDirectly("app")
      direct.simple("create temporary table t (a text, b text)")
      val plain = flight(direct, "insert into t values ('A', 'x') returning a", "select count(*) from t")
      val theirs = Seq(plain.answer(), plain.answer())
      ours.map(_.sequence()) shouldBe theirs.map(_.sequence())
      ours(1).results().asScala.map(_.tag()) shouldBe theirs(1).results().asScala.map(_.tag())
      refused(ours(1), "22012")
      theRequest.rows() shouldBe 1
    }

    Scenario("a mutation behind an ordinary write of the same Sync, which stays one transaction with what follows") {
      val item = name("Dirty")
      def flight(last: String) = {
        client.parse("", s"insert into public.orders (item) values ('$item')").bind("", "").execute("", 0)
        client.parse("", s"insert into salesforce.contacts (last_name) values ('$item') returning last_name").bind("", "").execute("", 0)
        client.parse("", last).bind("", "").execute("", 0).sync().answer()
      }
      flight("select 1 / 0").sequence() shouldBe "12C12DC1EZ"
      stored(s"select count(*) from public.orders where item = '$item'") shouldBe Seq(Seq("0"))
      stored(s"select count(*) from salesforce.contacts where last_name = '$item'") shouldBe Seq(Seq("1"))
      flight("select 1").sequence() shouldBe "12C12DC12DCZ"
      stored(s"select count(*) from public.orders where item = '$item'") shouldBe Seq(Seq("1"))
      stored(s"select count(*) from salesforce.contacts where last_name = '$item'") shouldBe Seq(Seq("2"))
      asked should have size 2
    }
  }

  Feature("S-22 transactions") {
    inBothProtocols("PREPARE TRANSACTION: the ordinary part can be rolled back, the mutation stands") { run =>
      val item = name("TwoPhase")
      sql("begin")
      run(s"insert into public.orders (item) values ('$item')").failed() shouldBe false
      run(s"insert into salesforce.contacts (last_name) values ('$item')").warnings().asScala should have size 1
      run(s"prepare transaction '$item'").failed() shouldBe false
      run(s"rollback prepared '$item'").failed() shouldBe false
      stored(s"select count(*) from public.orders where item = '$item'") shouldBe Seq(Seq("0"))
      stored(s"select count(*) from salesforce.contacts where last_name = '$item'") shouldBe Seq(Seq("1"))
    }

    inBothProtocols("a SERIALIZABLE transaction") { run =>
      val department = name("Serializable")
      contacts(department)
      sql("begin isolation level serializable")
      run(s"select count(*) from salesforce.contacts where department = '$department'").failed() shouldBe false
      clean(run(s"update salesforce.contacts set note = 'x' where department = '$department'"))
      sql("rollback")
    }
  }

  Feature("S-23 EXPLAIN ANALYZE") {
    inBothProtocols("never executes a mutation unseen") { run =>
      for (options <- Seq("analyze", "(analyze)", "(analyze true, buffers off)", "(analyze 1)", "analyze verbose"))
        refused(run(s"explain $options delete from salesforce.contacts"), "0A000")
      nothingSent()
      val prepared = run("prepare ex as delete from salesforce.contacts")
      prepared.failed() shouldBe false
      run("explain analyze execute ex").failed() shouldBe true
      nothingSent()
    }
  }

  Feature("S-24 monsters") {
    inBothProtocols("deep nesting, long lists and long statements are done or refused, and the session lives") { run =>
      val department = name("Monster")
      contacts(department)
      val nested = "(" * 10000 + "'x'" + ")" * 10000
      clean(run(s"update salesforce.contacts set note = $nested where department = '$department'"))
      forget()
      val list = (1 to 100000).map(n => s"'$n'").mkString(",")
      clean(run(s"update salesforce.contacts set note = 'y' where department = '$department' and note not in ($list)"))
      forget()
      val padding = "-" * 5000000
      clean(run(s"update salesforce.contacts set note = 'z' where department = '$department' and '$padding' <> ''"))
      client.simple("select 1").result().text(0, 0) shouldBe "1"
    }
  }
}
