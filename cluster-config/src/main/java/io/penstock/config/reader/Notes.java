package io.penstock.config.reader;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one reading has found: the mistakes, and every setting that was asked for with its default. The second is the vocabulary that
 * docs/configuration.md is compared with, so that no setting can exist without its line there.
 */
final class Notes {
    private final boolean survey;
    private final List<Mistake> mistakes = new ArrayList<>();
    private final Map<String, String> vocabulary = new LinkedHashMap<>();

    /** @param survey whether every section is walked as if it were there, to learn the vocabulary */
    Notes(boolean survey) {
        this.survey = survey;
    }

    boolean isSurvey() {
        return survey;
    }

    void mistake(String path, int line, String text, @Nullable String suggestion) {
        mistakes.add(new Mistake(path, Math.max(line, 0), text, suggestion));
    }

    void asked(String path, String defaultText) {
        vocabulary.putIfAbsent(path, defaultText);
    }

    List<Mistake> mistakes() {
        return mistakes.stream()
                .sorted(Comparator.comparingInt(Mistake::line))
                .distinct()
                .toList();
    }

    Map<String, String> vocabulary() {
        return vocabulary;
    }
}
