package io.penstock.contract

/** Nothing goes around the proxy: the database itself refuses. */
class GuardSpec extends Contract {
  private def guarded(answer: io.penstock.node.contract.WireAnswer) = {
    val failure = refused(answer, "42501")
    failure.message() should include("can only be written through Penstock")
    failure.hint() should include("through Penstock")
    nothingSent()
    failure
  }

  Feature("A direct write past the proxy fails with 42501 and a hint, whatever the privileges") {
    for (user <- Seq("app", "postgres"))
      Scenario(s"as $user") {
        val direct = connectDirectly(user)
        guarded(direct.simple("insert into salesforce.contacts (id, last_name) values ('x', 'Direct')"))
        guarded(direct.simple("update salesforce.contacts set note = 'x'"))
        guarded(direct.simple("delete from salesforce.contacts"))
      }

    Scenario("as superuser: TRUNCATE, COPY, MERGE, and with CASCADE") {
      val direct = connectDirectly("postgres")
      guarded(direct.simple("truncate salesforce.contacts"))
      guarded(direct.simple("truncate salesforce.contacts cascade"))
      guarded(direct.simple("merge into salesforce.contacts c using (values (1)) v on false when not matched then insert (id) values ('x')"))
    }

    Scenario("as the owner's role") {
      val direct = connectDirectly("postgres")
      direct.simple("set role penstock").failed() shouldBe false
      guarded(direct.simple("update salesforce.contacts set note = 'x'"))
    }

    Scenario("with session_replication_role = replica") {
      val direct = connectDirectly("postgres")
      direct.simple("set session_replication_role = replica").failed() shouldBe false
      guarded(direct.simple("update salesforce.contacts set note = 'x'"))
      guarded(direct.simple("truncate salesforce.contacts"))
    }

    Scenario("with penstock.capture set by hand it runs, and cannot be committed") {
      val direct = connectDirectly("postgres")
      direct.simple("set penstock.capture = on").failed() shouldBe false
      guarded(direct.simple("update salesforce.contacts set note = 'x'"))
      direct.simple("begin").status() shouldBe 'T'
      direct.simple("update salesforce.contacts set note = 'x' where id in (select id from salesforce.contacts limit 1)").result().tag() shouldBe "UPDATE 1"
      guarded(direct.simple("commit"))
      direct.simple("begin").status() shouldBe 'T'
      direct.simple("delete from salesforce.contacts where id in (select id from salesforce.contacts limit 1)").failed() shouldBe false
      guarded(direct.simple("set constraints all immediate"))
      direct.simple("rollback")
    }
  }

  Feature("What the proxy cannot see in a statement, the database refuses as well") {
    inBothProtocols("a DO block") { run =>
      guarded(run("do $$ begin update salesforce.contacts set note = 'x'; end $$"))
    }

    inBothProtocols("a function, also as SECURITY DEFINER of a superuser") { run =>
      penstock.superuser(
        "create or replace function public.write_contacts() returns void language plpgsql security definer as $$ begin update salesforce.contacts set note = 'x'; end $$"
      )
      guarded(run("select public.write_contacts()"))
    }

    inBothProtocols("a trigger of an ordinary table: the whole statement is undone") { run =>
      val item = name("Trigger")
      penstock.superuser(
        "create or replace function public.copy_order() returns trigger language plpgsql security definer as $$ begin insert into salesforce.contacts (id, last_name) values ('t', new.item); return new; end $$",
        "create or replace trigger copy_order after insert on public.orders for each row when (new.item like 'Trigger %') execute function public.copy_order()"
      )
      guarded(run(s"insert into public.orders (item) values ('$item')"))
      stored(s"select count(*) from public.orders where item = '$item'") shouldBe Seq(Seq("0"))
    }

    inBothProtocols("a view on a synced table") { run =>
      penstock.superuser("create or replace view public.people as select id, last_name, note from salesforce.contacts", "grant all on public.people to app")
      for (statement <- Seq("update public.people set note = 'x'", "delete from public.people", "insert into public.people (last_name) values ('x')")) {
        val failure = run(statement).failure()
        withClue(s"${failure.fields()} ")(Seq("42501", "0A000") should contain(failure.sqlState()))
      }
      nothingSent()
    }

    inBothProtocols("a rewrite rule") { run =>
      penstock.superuser(
        "create table if not exists public.inbox (n text)",
        "create or replace rule forward as on insert to public.inbox do also insert into salesforce.contacts (id, last_name) values ('rule', new.n)",
        "grant all on public.inbox to app"
      )
      guarded(run("insert into public.inbox values ('x')"))
      stored("select count(*) from public.inbox") shouldBe Seq(Seq("0"))
    }

    inBothProtocols("penstock.capture set through the proxy cannot be committed either") { run =>
      run("set penstock.capture = on").failed() shouldBe false
      guarded(run("do $$ begin update salesforce.contacts set note = 'x'; end $$"))
      guarded(run("select public.write_contacts()"))
    }
  }
}
