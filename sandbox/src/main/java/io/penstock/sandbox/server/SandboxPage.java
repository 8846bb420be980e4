package io.penstock.sandbox.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page that shows a person what arrived and what is held. */
final class SandboxPage {
    private static final int REQUESTS_SHOWN = 200;
    private static final int OBJECTS_SHOWN = 50;
    private static final int FIELDS_SHOWN = 8;
    private static final int LONGEST_BODY = 4_000;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final String HEAD = """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>%1$s sandbox</title>
        <style>
        body{font:14px/1.4 system-ui,sans-serif;margin:2rem;max-width:80rem;color:#1b1f24}
        table{border-collapse:collapse;width:100%%;margin-bottom:2rem}
        th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #d8dde3;vertical-align:top}
        td.n{text-align:right;font-variant-numeric:tabular-nums} td.bad{color:#b3261e}
        code,pre{font:12px ui-monospace,monospace;overflow-wrap:anywhere} pre{white-space:pre-wrap;margin:.25rem 0}
        </style></head><body><h1>%1$s sandbox</h1>
        """;

    private SandboxPage() {}

    static String render(
            String name, List<ReceivedRequest> requests, long count, Map<String, List<ObjectNode>> objects) {
        StringBuilder page = new StringBuilder(HEAD.formatted(escape(name)));
        page.append("<h2>Requests received: ")
                .append(count)
                .append("</h2><table><tr><th>#<th>time<th>method<th>path")
                .append("<th>rows<th>status<th>ms<th>fault</tr>");
        for (int i = requests.size() - 1; i >= Math.max(0, requests.size() - REQUESTS_SHOWN); i--) {
            request(page, requests.get(i));
        }
        page.append("</table>");
        objects.forEach((type, records) -> objects(page, type, records));
        return page.append("</body></html>").toString();
    }

    private static void request(StringBuilder page, ReceivedRequest request) {
        page.append("<tr><td class=n>").append(request.number());
        page.append("<td>").append(TIME.format(request.time()));
        page.append("<td>").append(escape(request.method()));
        page.append("<td><code>").append(escape(request.target())).append("</code>");
        if (request.body().length > 0) {
            String body = request.bodyText();
            String shown = body.length() > LONGEST_BODY ? body.substring(0, LONGEST_BODY) + " ..." : body;
            page.append("<details><summary>body</summary><pre>")
                    .append(escape(shown))
                    .append("</pre></details>");
        }
        page.append("<td class=n>").append(request.rows());
        page.append(request.status() >= 400 || request.status() == 0 ? "<td class=bad>" : "<td>")
                .append(request.status() == 0 ? "none" : Integer.toString(request.status()));
        page.append("<td class=n>").append(String.format(Locale.ROOT, "%.2f", request.milliseconds()));
        page.append("<td>")
                .append(escape(request.fault() == null ? "" : request.fault()))
                .append("</tr>");
    }

    private static void objects(StringBuilder page, String type, List<ObjectNode> records) {
        page.append("<h2>")
                .append(escape(type))
                .append(": ")
                .append(records.size())
                .append("</h2>");
        if (records.isEmpty()) {
            return;
        }
        page.append("<table><tr>");
        Iterator<String> names = records.getFirst().fieldNames();
        for (int i = 0; i < FIELDS_SHOWN && names.hasNext(); i++) {
            page.append("<th>").append(escape(names.next()));
        }
        page.append("</tr>");
        for (int i = records.size() - 1; i >= Math.max(0, records.size() - OBJECTS_SHOWN); i--) {
            page.append("<tr>");
            records.get(i).properties().stream()
                    .limit(FIELDS_SHOWN)
                    .forEach(field -> page.append("<td>")
                            .append(
                                    field.getValue().isNull()
                                            ? ""
                                            : escape(field.getValue().asText())));
            page.append("</tr>");
        }
        page.append("</table>");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
