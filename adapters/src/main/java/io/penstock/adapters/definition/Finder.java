package io.penstock.adapters.definition;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds a text in an answer: several places, tried in order. */
record Finder(List<Place> places) {
    static final Finder NOWHERE = new Finder(List.of());

    /** Patterns run over no more than this: an answer is not ours, and some patterns take their time over long texts. */
    private static final int SEARCHED_CHARACTERS = 4_000;

    /**
     * One place.
     *
     * @param matches what to cut out of the text there, by its first group that took part; null for all of it
     */
    record Place(JsonPointer at, @Nullable Pattern matches) {}

    Finder {
        places = List.copyOf(places);
    }

    /** The first text that is found, or null. */
    @Nullable
    String in(@Nullable JsonNode json) {
        List<String> all = allIn(json);
        return all.isEmpty() ? null : all.getFirst();
    }

    /** All texts of the first place that has any: a list in the answer gives several. */
    List<String> allIn(@Nullable JsonNode json) {
        if (json == null) {
            return List.of();
        }
        for (Place place : places) {
            List<String> texts = new ArrayList<>();
            JsonNode value = json.at(place.at());
            for (JsonNode item : value.isArray() ? value : List.of(value)) {
                String text = item.isValueNode() && !item.isNull() ? cut(place, item.asText()) : null;
                if (text != null && !text.isEmpty()) {
                    texts.add(text);
                }
            }
            if (!texts.isEmpty()) {
                return texts;
            }
        }
        return List.of();
    }

    private static @Nullable String cut(Place place, String text) {
        Pattern pattern = place.matches();
        if (pattern == null) {
            return text;
        }
        Matcher matcher =
                pattern.matcher(text.length() > SEARCHED_CHARACTERS ? text.substring(0, SEARCHED_CHARACTERS) : text);
        if (!matcher.find()) {
            return null;
        }
        for (int group = 1; group <= matcher.groupCount(); group++) {
            String found = matcher.group(group);
            if (found != null) {
                return found;
            }
        }
        return matcher.groupCount() == 0 ? matcher.group() : null;
    }
}
