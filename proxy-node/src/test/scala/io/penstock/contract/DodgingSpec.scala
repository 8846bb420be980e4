package io.penstock.contract

import io.penstock.node.contract.WireAnswer

import scala.jdk.CollectionConverters._

/** Group S of the test catalogue, S-01 to S-14: SQL that tries to dodge interception. Each case is one API call or a clean error; after
  * each, API and Postgres hold the same rows: no silent local write.
  */
class DodgingSpec extends Contract {

  /** The statement was carried out by exactly one request. */
  private def intercepted(answer: WireAnswer): Unit = {
    answer.result()
    theRequest.writes() shouldBe true
    forget()
  }

  /** The statement failed with one of these, and nothing was sent. */
  private def cleanError(answer: WireAnswer, sqlStates: String*): Unit = {
    val failure = answer.failure()
    withClue(s"${failure.fields()} ")(sqlStates should contain(failure.sqlState()))
    nothingSent()
  }

  /** What is not the proxy's to decide: one request, or an error and none. */
  private def oneCallOrCleanError(answer: WireAnswer): Unit =
    if (answer.failed()) nothingSent() else intercepted(answer)

  Feature("S-01 comments and odd white space") {
    for (
      (what, dressed) <- Seq[(String, String => String)](
        "nested comments" -> (s => s"/* a /* nested */ one */ -- line\n$s /* end */"),
        "comments between the words" -> (s => s.replaceFirst("into ", "into/**/").replaceFirst("\\(", "/*x*/(")),
        "carriage return and form feed" -> (s => s.replace(" ", "\r\f")),
        "tabs and vertical tabs" -> (s => "\t" + s.replaceFirst(" ", "\u000b")),
        "line comment ended by CR" -> (s => "-- comment\r" + s),
        "mixed case" -> (s => s.replaceFirst("insert into salesforce.contacts", "iNsErT iNtO SalesForce.CONTACTS"))
      )
    )
      inBothProtocols(what) { run =>
        intercepted(run(dressed(s"insert into salesforce.contacts (last_name) values ('Dressed')")))
      }

    inBothProtocols("a leading semicolon") { run =>
      oneCallOrCleanError(run(";insert into salesforce.contacts (last_name) values ('A')"))
      oneCallOrCleanError(run("insert into salesforce.contacts (last_name) values ('A');"))
    }

    inBothProtocols("a byte order mark and a no-break space are no white space to Postgres") { run =>
      cleanError(run("\ufeffinsert into salesforce.contacts (last_name) values ('A')"), "42601")
      cleanError(run("insert\u00a0into salesforce.contacts (last_name) values ('A')"), "42601")
    }

    inBothProtocols("a parenthesised SELECT as source") { run =>
      intercepted(run("insert into salesforce.contacts (last_name) ((select 'Parens'))"))
      intercepted(run("insert into salesforce.contacts (last_name) table (values ('x')) t".replace("table (values ('x')) t", "select * from (values ('x')) t")))
    }
  }

  Feature("S-02 names") {
    for (
      target <- Seq(
        "salesforce.U&\"\\0063ontacts\"",
        "U&\"salesforc\\0065\".\"contacts\"",
        "salesforce.U&\"!0063ontacts\" uescape '!'",
        "\"salesforce\".\"contacts\"",
        "SALESFORCE.Contacts",
        "contract.salesforce.contacts",
        "salesforce . contacts"
      )
    )
      inBothProtocols(target) { run =>
        intercepted(run(s"insert into $target (last_name) values ('Named')"))
      }

    inBothProtocols("\"salesforce\".\"Contacts\" is no table") { run =>
      cleanError(run("insert into \"salesforce\".\"Contacts\" (last_name) values ('A')"), "42P01")
    }

    inBothProtocols("a name that Postgres truncates") { run =>
      val long = "x" * 63
      penstock.superuser(s"create schema if not exists $long", s"create or replace view $long.contacts as select * from salesforce.contacts", s"grant usage on schema $long to app", s"grant all on $long.contacts to app")
      cleanError(run(s"update ${long}yyy.contacts set note = 'x'"), "42501", "0A000")
    }
  }

  Feature("S-03 strings and encodings") {
    inBothProtocols("E'', dollar quotes and national strings hide no statement") { run =>
      val department = name("Quotes")
      intercepted(run(s"insert into salesforce.contacts (last_name, note, department) values (E'it\\'s', $$tag$$; delete from salesforce.contacts; --$$tag$$, '$department')"))
      storedContacts(department, "last_name, note") shouldBe Seq(Seq("it's", "; delete from salesforce.contacts; --"))
    }

    inBothProtocols("standard_conforming_strings = off") { run =>
      val department = name("Backslash")
      run("set standard_conforming_strings = off").failed() shouldBe false
      run("set escape_string_warning = off").failed() shouldBe false
      intercepted(run(s"insert into salesforce.contacts (last_name, note, department) values ('A', '\\'; delete from salesforce.contacts; --', '$department')"))
      storedContacts(department, "note") shouldBe Seq(Seq("'; delete from salesforce.contacts; --"))
      run("set standard_conforming_strings = on").failed() shouldBe false
      intercepted(run(s"insert into salesforce.contacts (last_name, note, department) values ('B', '\\', '$department')"))
      storedContacts(department, "note").map(_.head) shouldBe Seq("'; delete from salesforce.contacts; --", "\\")
    }

    for (encoding <- Seq("SJIS", "GBK", "LATIN1", "BIG5"))
      inBothProtocols(s"client_encoding $encoding: the same or 0A000") { run =>
        run(s"set client_encoding to '$encoding'").failed() shouldBe false
        val answer = run("insert into salesforce.contacts (last_name) values ('Encoded')")
        if (answer.failed()) cleanError(answer, "0A000") else intercepted(answer)
        run("set client_encoding to 'UTF8'").failed() shouldBe false
        intercepted(run("insert into salesforce.contacts (last_name) values ('Prüfung ≠ 試験')"))
      }
  }

  Feature("S-04 several statements at once") {
    Scenario("each in its turn (simple query)") {
      val department = name("Several")
      val answer = sql(s"select 1; insert into salesforce.contacts (last_name, department) values ('A', '$department'); begin; update salesforce.contacts set note = 'x' where department = '$department'; select 1 / 0; delete from salesforce.contacts")
      refused(answer, "22012")
      asked.map(_.verb()) shouldBe Seq("POST", "PATCH")
      answer.results().asScala.map(_.tag()) shouldBe Seq("SELECT 1", "INSERT 0 1", "BEGIN", "UPDATE 1")
      answer.status() shouldBe 'E'
      sql("rollback")
    }

    Scenario("an ordinary write before it, then an error (simple query)") {
      val item = name("Implicit")
      val answer = sql(s"insert into public.orders (item) values ('$item'); insert into salesforce.contacts (last_name) values ('$item'); select 1 / 0")
      answer.failed() shouldBe true
      // Whether the mutation was carried out or refused, the ordinary write shares the fate of its implicit transaction.
      stored(s"select count(*) from public.orders where item = '$item'") shouldBe Seq(Seq("0"))
      asked.size should be <= 1
    }

    Scenario("several in one Parse are Postgres's own error (extended protocol)") {
      cleanError(extended("select 1; insert into salesforce.contacts (last_name) values ('A')"), "42601")
    }
  }

  Feature("S-05 prepared now, executed later") {
    inBothProtocols("in another schema path") { run =>
      run("set search_path to salesforce, public").failed() shouldBe false
      run("prepare later as insert into contacts (last_name) values ('Later')").result().tag() shouldBe "PREPARE"
      intercepted(run("execute later"))
      run("set search_path to public").failed() shouldBe false
      oneCallOrCleanError(run("execute later"))
    }

    Scenario("the unnamed statement parsed again, and a name used twice (extended protocol)") {
      val house = name("Reparse")
      client.parse("", "select 1").sync().answer()
      client.parse("", s"insert into salesforce.contacts (last_name) values ('$house')").sync().answer()
      intercepted(client.bind("", "").execute("", 0).sync().answer())
      client.parse("twice", "select 1").sync().answer()
      cleanError(client.parse("twice", s"insert into salesforce.contacts (last_name) values ('$house')").sync().answer(), "42P05")
      client.bind("", "twice").execute("", 0).sync().answer().result().text(0, 0) shouldBe "1"
      nothingSent()
    }

    inBothProtocols("EXECUTE of a name that is none") { run =>
      cleanError(run("execute no_such_statement"), "26000")
    }
  }

  Feature("S-06 data-modifying WITH") {
    for (
      statement <- Seq(
        "with a as (insert into salesforce.contacts (last_name) values ('A') returning *) select * from a",
        "with a as (select 1), b as (update salesforce.contacts set note = 'x' returning id) select * from b",
        "with a as (delete from salesforce.accounts returning id) delete from salesforce.contacts where account_id in (select id from a)",
        "with a as (delete from salesforce.contacts returning id) insert into public.orders (contact_id) select id from a",
        "with a as (insert into public.orders (item) values ('cte') returning item) insert into salesforce.contacts (last_name) select item from a",
        "with recursive a as (with b as (update salesforce.contacts set note = 'x' returning 1) select 1) select * from a"
      )
    )
      inBothProtocols(statement.take(70)) { run =>
        val answer = run(statement)
        answer.failed() shouldBe true
        nothingSent()
        stored("select count(*) from public.orders where item = 'cte'") shouldBe Seq(Seq("0"))
      }
  }

  Feature("S-07 code in the database") {
    inBothProtocols("DO, CALL, functions in SQL and PL/pgSQL, SECURITY DEFINER, EXECUTE format()") { run =>
      penstock.superuser(
        "create or replace function public.f_sql() returns bigint language sql as $$ with u as (update salesforce.contacts set note = 'x' returning 1) select count(*) from u $$",
        "create or replace function public.f_format() returns void language plpgsql as $$ begin execute format('delete from %I.%I', 'salesforce', 'contacts'); end $$",
        "create or replace function public.f_definer() returns void language sql security definer as $$ insert into salesforce.contacts (id, last_name) values ('d', 'd') $$",
        "create or replace procedure public.p_write() language plpgsql as $$ begin insert into salesforce.contacts (id, last_name) values ('p', 'p'); commit; end $$",
        "create or replace function public.f_capture() returns void language plpgsql as $$ begin perform set_config('penstock.capture', 'on', false); update salesforce.contacts set note = 'x'; set constraints all immediate; end $$",
        "grant execute on all functions in schema public to app"
      )
      cleanError(run("do $$ begin insert into salesforce.contacts (id, last_name) values ('do', 'do'); end $$"), "42501")
      cleanError(run("do $$ begin execute 'upd' || 'ate salesforce.contacts set note = 1'; end $$"), "42501")
      cleanError(run("select public.f_sql()"), "42501")
      cleanError(run("select public.f_format()"), "42501")
      cleanError(run("select public.f_definer()"), "42501")
      cleanError(run("call public.p_write()"), "42501")
      cleanError(run("select public.f_capture()"), "42501")
      cleanError(run("insert into salesforce.contacts (last_name) select 'x' from public.f_format()"), "42501", "0A000")
    }

    inBothProtocols("a SQL function with a parsed body is refused where it is made, or where it is called") { run =>
      val made = run("create or replace function public.f_atomic() returns void language sql begin atomic insert into salesforce.contacts (id, last_name) values ('a', 'a'); end")
      if (made.failed()) cleanError(made, "0A000", "42501") else cleanError(run("select public.f_atomic()"), "42501")
    }
  }

  Feature("S-08 triggers, rules, cascades") {
    inBothProtocols("a foreign key that cascades into a synced table") { run =>
      val department = name("Cascade")
      contacts(department)
      penstock.superuser(
        "create table if not exists public.parent (note text primary key)",
        s"insert into public.parent values ('$department')",
        "grant all on public.parent to app"
      )
      run(s"update salesforce.contacts set local_note = '$department' where department = '$department'").result()
      penstock.superuser("alter table salesforce.contacts add constraint cascading foreign key (local_note) references public.parent on delete cascade on update cascade not valid")
      try {
        cleanError(run(s"delete from public.parent where note = '$department'"), "42501")
        cleanError(run(s"update public.parent set note = 'other' where note = '$department'"), "42501")
        stored(s"select count(*) from public.parent where note = '$department'") shouldBe Seq(Seq("1"))
      } finally penstock.superuser("alter table salesforce.contacts drop constraint cascading")
    }

    inBothProtocols("a deferred constraint trigger: COMMIT fails as a whole") { run =>
      penstock.superuser(
        "create table if not exists public.deferred (n text)",
        "grant all on public.deferred to app",
        "create or replace function public.write_later() returns trigger language plpgsql security definer as $$ begin insert into salesforce.contacts (id, last_name) values ('late', 'late'); return null; end $$",
        "drop trigger if exists later on public.deferred",
        "create constraint trigger later after insert on public.deferred deferrable initially deferred for each row execute function public.write_later()"
      )
      sql("begin")
      run("insert into public.deferred values ('x')").failed() shouldBe false
      cleanError(run("commit"), "42501")
      stored("select count(*) from public.deferred") shouldBe Seq(Seq("0"))
    }

    inBothProtocols("a trigger on the synced table that changes the row: API and table agree") { run =>
      val department = name("Rewrite")
      penstock.superuser(
        "create or replace function public.shout() returns trigger language plpgsql as $$ begin new.last_name := upper(new.last_name); return new; end $$",
        "create or replace trigger shout before insert or update on salesforce.contacts for each row when (new.department like 'Rewrite %') execute function public.shout()"
      )
      try {
        oneCallOrCleanError(run(s"insert into salesforce.contacts (last_name, department) values ('whisper', '$department') returning last_name"))
      } finally penstock.superuser("drop trigger shout on salesforce.contacts")
    }
  }

  Feature("S-09 views") {
    inBothProtocols("updatable, security_barrier, WITH CHECK OPTION, INSTEAD OF, materialized") { run =>
      penstock.superuser(
        "create or replace view public.v_plain as select id, last_name, note from salesforce.contacts",
        "create or replace view public.v_barrier with (security_barrier) as select id, last_name, note from salesforce.contacts",
        "create or replace view public.v_check as select id, last_name, note from salesforce.contacts where note is null with check option",
        "create or replace view public.v_instead as select id, last_name, note from salesforce.contacts offset 0",
        "create or replace function public.instead() returns trigger language plpgsql security definer as $$ begin update salesforce.contacts set note = new.note where id = old.id; return new; end $$",
        "create or replace trigger instead instead of update on public.v_instead for each row execute function public.instead()",
        "create or replace view public.v_outer as select * from public.v_plain",
        "grant all on public.v_plain, public.v_barrier, public.v_check, public.v_instead, public.v_outer to app"
      )
      for (view <- Seq("v_plain", "v_barrier", "v_check", "v_instead", "v_outer"))
        cleanError(run(s"update public.$view set note = 'x'"), "42501", "0A000")
      for (view <- Seq("v_plain", "v_barrier", "v_check", "v_outer")) {
        cleanError(run(s"delete from public.$view"), "42501", "0A000")
        cleanError(run(s"insert into public.$view (last_name) values ('x')"), "42501", "0A000")
      }
    }

    inBothProtocols("a temporary view of the table's own name") { run =>
      run("create temporary view contacts as select id, last_name, note from salesforce.contacts").failed() shouldBe false
      run("set search_path to salesforce, public").failed() shouldBe false
      cleanError(run("update contacts set note = 'x'"), "42501", "0A000")
      intercepted(run("insert into salesforce.contacts (last_name) values ('Straight')"))
    }
  }

  Feature("S-10 COPY") {
    for (
      statement <- Seq(
        "copy salesforce.contacts (last_name) from stdin",
        "copy salesforce.contacts (last_name) from stdin with (format binary)",
        "copy salesforce.contacts (last_name) from program 'echo x'",
        "copy salesforce.contacts from '/dev/null'",
        "copy (insert into salesforce.contacts (last_name) values ('A') returning id) to stdout",
        "copy (with a as (delete from salesforce.contacts returning id) select * from a) to stdout"
      )
    )
      inBothProtocols(statement) { run =>
        cleanError(run(statement), "0A000", "42501")
        client.simple("select 1").result().text(0, 0) shouldBe "1"
      }
  }

  Feature("S-11 MERGE, upserts, tables made and swapped") {
    inBothProtocols("MERGE and ON CONFLICT DO UPDATE") { run =>
      cleanError(run("merge into salesforce.contacts c using (select 'x' as n) s on false when not matched then insert (last_name) values (s.n)"), "0A000")
      cleanError(run("insert into salesforce.contacts (last_name) values ('A') on conflict (id) do update set note = 'x'"), "0A000")
    }

    inBothProtocols("SELECT INTO and CREATE TABLE AS make ordinary tables, and nothing can take the synced one's place") { run =>
      run("create temporary table copied as select * from salesforce.contacts").failed() shouldBe false
      run("select * into temporary also_copied from salesforce.contacts").failed() shouldBe false
      run("update copied set note = 'x'").failed() shouldBe false
      nothingSent()
      for (
        statement <- Seq(
          "alter table salesforce.contacts rename to contacts_old",
          "alter table salesforce.contacts set schema public",
          "alter table salesforce.contacts disable trigger all",
          "alter table salesforce.contacts add column evil text",
          "alter table copied inherit salesforce.contacts",
          "create table public.heir () inherits (salesforce.contacts)",
          "create rule evil as on update to salesforce.contacts do instead nothing",
          "create trigger evil before insert on salesforce.contacts for each row execute function suppress_redundant_updates_trigger()",
          "drop table salesforce.contacts"
        )
      )
        cleanError(run(statement), "42501", "0A000")
    }
  }

  Feature("S-12 TRUNCATE, DROP, ONLY, inheritance") {
    inBothProtocols("TRUNCATE in all its forms, and DROP") { run =>
      for (statement <- Seq("truncate salesforce.contacts", "truncate table only salesforce.contacts cascade", "truncate public.orders, salesforce.accounts"))
        cleanError(run(statement), "0A000", "42501")
      cleanError(run("drop table salesforce.contacts cascade"), "42501")
      cleanError(run("drop schema salesforce cascade"), "42501")
    }

    inBothProtocols("a child table that somebody hung under the synced one") { run =>
      val department = name("Child")
      contacts(department)
      penstock.superuser(
        "create table public.child () inherits (salesforce.contacts)",
        s"insert into public.child (id, last_name, department) values ('child', 'Child', '$department')",
        "grant all on public.child to app"
      )
      try {
        oneCallOrCleanError(run(s"update only salesforce.contacts set note = 'only' where department = '$department'"))
        val answer = run(s"update salesforce.contacts set note = 'all' where department = '$department'")
        // The child's row is no row of the API: it may not be changed here alone while the statement says that it was.
        if (!answer.failed()) answer.result().tag() shouldBe "UPDATE 1"
        stored("select note from only public.child") shouldBe Seq(Seq(null))
      } finally penstock.superuser("drop table public.child")
    }
  }

  Feature("S-13 search_path") {
    inBothProtocols("an unqualified name is resolved on the live path") { run =>
      penstock.superuser("create schema if not exists evil", "create table if not exists evil.contacts (last_name text)", "grant usage on schema evil to app", "grant all on evil.contacts to app")
      run("set search_path to evil, salesforce").failed() shouldBe false
      run("insert into contacts (last_name) values ('ordinary')").result().tag() shouldBe "INSERT 0 1"
      nothingSent()
      run("set search_path to salesforce, evil").failed() shouldBe false
      intercepted(run("insert into contacts (last_name) values ('synced')"))
      sql("begin")
      run("set local search_path to evil").failed() shouldBe false
      run("insert into contacts (last_name) values ('ordinary')").failed() shouldBe false
      nothingSent()
      sql("rollback")
      intercepted(run("insert into contacts (last_name) values ('synced again')"))
      run("select set_config('search_path', 'evil', false)").failed() shouldBe false
      run("insert into contacts (last_name) values ('ordinary')").failed() shouldBe false
      nothingSent()
    }

    inBothProtocols("a temporary table of the same name takes what is meant for it") { run =>
      run("set search_path to salesforce").failed() shouldBe false
      run("create temporary table contacts (last_name text)").failed() shouldBe false
      run("insert into contacts (last_name) values ('temporary')").result().tag() shouldBe "INSERT 0 1"
      run("insert into pg_temp.contacts (last_name) values ('temporary')").result().tag() shouldBe "INSERT 0 1"
      nothingSent()
      intercepted(run("insert into salesforce.contacts (last_name) values ('synced')"))
    }

    Scenario("by startup option and by a default of the role") {
      val byOption = connect("options", "-c search_path=salesforce")
      intercepted(byOption.simple("insert into contacts (last_name) values ('By option')"))
      penstock.superuser("alter role tenant set search_path to salesforce")
      try intercepted(connectAs("tenant").extended("insert into contacts (last_name) values ('By role')"))
      finally penstock.superuser("alter role tenant reset search_path")
    }
  }

  Feature("S-14 shadowed operators and functions") {
    inBothProtocols("are evaluated by Postgres, not by the proxy") { run =>
      val department = name("Shadow")
      contacts(department, 2)
      penstock.superuser(
        "create schema if not exists shadow",
        "create or replace function shadow.lower(text) returns text language sql as $$ select 'shadowed' $$",
        "grant usage on schema shadow to app"
      )
      run("set search_path to shadow, pg_catalog").failed() shouldBe false
      val answer = run(s"update salesforce.contacts set note = lower(last_name) where department = '$department' and lower(last_name) = 'shadowed' returning note, lower(note)")
      intercepted(answer)
      rows(answer) shouldBe Seq.fill(2)(Seq("shadowed", "shadowed"))
    }
  }
}
