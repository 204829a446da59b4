package cutaway.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Damages a JSON file: values, types, keys and texts in its tree, and the text that it is written in.
final class JsonMutator {

    private static final JsonMapper JSON = JsonMapper.shared();

    /// Stands where text is to be put that no tree can hold.
    private static final String RAW = "@raw@";

    private static final List<String> TEXTS = List.of(
            "\"\"",
            "\"\\u0000\"",
            "\"a\\nb\"",
            "\"\\u001b[31m\"",
            "\"\\ud800\"",
            "\"\\u202eabc\"",
            "\"../../etc/passwd\"",
            "\".\"",
            "\"/\"",
            "\"null\"",
            "\"\\ud83d\\ude00\"",
            "\"" + "x".repeat(70_000) + "\"",
            "\"(((((a+)+)+)+)+)b\"",
            "\"%s%n\"");

    private static final List<String> OTHERS =
            List.of("null", "true", "false", "[]", "{}", "[null]", "{\"a\":null}", "\"7\"", "0", "[[1],[2]]", "3.5");

    private final byte[] text;
    private final JsonNode tree;

    JsonMutator(byte[] text) {
        this.text = text.clone();
        this.tree = JSON.readTree(text);
    }

    Mutant mutate(RandomGenerator random) {
        int choice = random.nextInt(100);
        if (choice < 10) {
            return new Mutant("random bytes", false, RandomBytes.in(text, random));
        }
        if (choice < 16) {
            return new Mutant("truncated", true, Arrays.copyOf(text, random.nextInt(text.length)));
        }
        if (choice < 20) {
            byte[] bytes = text.clone();
            RandomBytes.spoil(bytes, 0, bytes.length, random);
            return new Mutant("invalid text", true, bytes);
        }
        return inTree(random);
    }

    /// Changes one place of the tree, now and then three.
    Mutant inTree(RandomGenerator random) {
        JsonNode root = tree;
        String kind = "";
        for (int times = random.nextInt(8) == 0 ? 3 : 1; times > 0; times--) {
            Change change = change(root.deepCopy(), random);
            byte[] bytes = change.text.getBytes(StandardCharsets.UTF_8);
            kind = change.kind;
            if (times == 1 || !isPlain(change)) {
                return new Mutant(kind, true, bytes);
            }
            root = JSON.readTree(bytes);
        }
        throw new AssertionError(kind);
    }

    private static boolean isPlain(Change change) {
        return change.kind.equals("removed") || change.kind.equals("swapped") || change.kind.equals("another type");
    }

    private record Change(String kind, String text) {}

    private record Place(JsonNode parent, String key, int index) {

        JsonNode value() {
            return parent instanceof ObjectNode ? parent.get(key) : parent.get(index);
        }

        void set(String value) {
            if (parent instanceof ObjectNode object) {
                object.put(key, value);
            } else {
                ((ArrayNode) parent).set(index, value);
            }
        }

        void set(JsonNode value) {
            if (parent instanceof ObjectNode object) {
                object.set(key, value);
            } else {
                ((ArrayNode) parent).set(index, value);
            }
        }
    }

    private static Change change(JsonNode root, RandomGenerator random) {
        Place place = place(root, random);
        if (place == null) {
            return new Change("emptied", OTHERS.get(random.nextInt(OTHERS.size())));
        }
        JsonNode old = place.value();
        String was = JSON.writeValueAsString(old);
        switch (random.nextInt(10)) {
            case 0 -> {
                if (place.parent instanceof ObjectNode object) {
                    object.remove(place.key);
                } else {
                    ((ArrayNode) place.parent).remove(place.index);
                }
                return new Change("removed", JSON.writeValueAsString(root));
            }
            case 1 -> {
                Place other = place(root, random);
                JsonNode copy = other.value().deepCopy();
                place.set(copy);
                return new Change("swapped", JSON.writeValueAsString(root));
            }
            case 2 -> {
                String key = place.parent instanceof ObjectNode ? JSON.writeValueAsString(place.key) + ":" : "";
                return raw("repeated", root, place, was + "," + key + was);
            }
            case 3, 4 -> {
                return raw("another type", root, place, OTHERS.get(random.nextInt(OTHERS.size())));
            }
            case 5 -> {
                return raw("text", root, place, TEXTS.get(random.nextInt(TEXTS.size())));
            }
            case 6 -> {
                int depth = 1 << random.nextInt(1, 18);
                boolean lists = random.nextBoolean();
                String nested = lists
                        ? "[".repeat(depth) + "]".repeat(depth)
                        : "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
                return raw("nesting", root, place, nested);
            }
            case 7 -> {
                if (place.parent instanceof ObjectNode object) {
                    object.remove(place.key);
                    String text = TEXTS.get(random.nextInt(TEXTS.size()));
                    object.put(RAW, RAW);
                    String whole = JSON.writeValueAsString(root);
                    return new Change("key", whole.replace("\"" + RAW + "\":\"" + RAW + "\"", text + ":" + was));
                }
                return raw("text", root, place, TEXTS.get(random.nextInt(TEXTS.size())));
            }
            default -> {
                if (old.isString() && random.nextBoolean()) {
                    return raw("text", root, place, spoiled(old.asString(), random));
                }
                long number = old.isNumber() ? (long) old.asDouble(0) : 1;
                return raw("number", root, place, Numbers.text(random, number));
            }
        }
    }

    private static String spoiled(String text, RandomGenerator random) {
        var characters = new StringBuilder(text);
        int at = random.nextInt(text.length() + 1);
        return JSON.writeValueAsString(
                switch (random.nextInt(3)) {
                    case 0 ->
                        characters.insert(at, (char) random.nextInt(1, 0x2100)).toString();
                    case 1 -> text.substring(0, at);
                    default -> text + text;
                });
    }

    private static Change raw(String kind, JsonNode root, Place place, String text) {
        place.set(RAW);
        return new Change(kind, JSON.writeValueAsString(root).replace("\"" + RAW + "\"", text));
    }

    /// A walk from the root that may end at every step: a vocabulary of hundreds hides nothing else.
    private static Place place(JsonNode root, RandomGenerator random) {
        Place place = null;
        JsonNode node = root;
        while (node.isContainer() && !node.isEmpty() && (place == null || random.nextInt(4) > 0)) {
            int index = random.nextInt(node.size());
            String key = node.isObject() ? List.copyOf(node.propertyNames()).get(index) : "";
            place = new Place(node, key, index);
            node = place.value();
        }
        return place;
    }
}
