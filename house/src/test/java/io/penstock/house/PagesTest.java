package io.penstock.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the pages together: each link leads to a file, each page can be reached from the README. */
class PagesTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(?:#[^)]*)?\\)");

    @Test
    void eachLinkLeadsToAFile() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            for (Path target : links(page)) {
                if (!Files.exists(target)) {
                    broken.add(Tree.ROOT.relativize(page) + " -> " + Tree.ROOT.relativize(target));
                }
            }
        }
        assertThat(broken).as("links to nothing").isEmpty();
    }

    @Test
    void theReadmeNamesEachPage() throws IOException {
        Path readme = Tree.ROOT.resolve("README.md");
        List<Path> others =
                pages().stream().filter(page -> !page.equals(readme)).toList();
        assertThat(links(readme)).as("what the README links to").containsAll(others);
    }

    /** The README, the changes and everything under docs. */
    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Tree.ROOT.resolve("README.md"), Tree.ROOT.resolve("CHANGELOG.md")));
        try (Stream<Path> files = Files.walk(Tree.ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    /** The files that a page links to; addresses on the web are not followed. */
    private static List<Path> links(Path page) throws IOException {
        Matcher links = LINK.matcher(Files.readString(page));
        List<Path> targets = new ArrayList<>();
        while (links.find()) {
            if (!links.group(1).matches("[a-z]+:.*")) {
                targets.add(page.resolveSibling(links.group(1)).normalize());
            }
        }
        return targets;
    }
}
