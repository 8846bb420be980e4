package io.penstock.sandbox.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** One type of object: what its endpoints take, what it looks like, and the rules that its values have to pass. */
interface StripeType {
    /** As the member {@code object} has it, such as {@code customer}. */
    String object();

    /** As the path has it, such as {@code customers}. */
    String path();

    List<StripeParameter> createParameters();

    List<StripeParameter> updateParameters();

    /** What a list takes beside paging. */
    List<StripeParameter> listParameters();

    /** The fields that a search may name, with whether they are numbers. */
    Map<String, Boolean> searchFields();

    /** The members that are ids of other objects, with the type of those. */
    Map<String, String> references();

    /** An object with nothing set; its members are all that the API shows. */
    ObjectNode blank(String id, long created);

    String newId(ObjectNode values);

    /** Whether the object passes the filters of a list. */
    boolean listed(ObjectNode record, ObjectNode filters);

    /** Checks and completes an object that was made or changed, before it is stored. */
    void complete(ObjectNode record, ObjectNode values, boolean creating);

    /** Whether there is a DELETE for the type at all. */
    boolean deletable();

    /** Fails when this object cannot be deleted. */
    default void checkDeletion(ObjectNode record) {}

    /** Whether a deleted one can still be retrieved, as a tombstone. */
    boolean tombstones();
}
