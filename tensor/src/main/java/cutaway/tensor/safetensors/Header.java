package cutaway.tensor.safetensors;

import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// The JSON at the start of a safetensors file, with every number in it checked against the length of the data.
record Header(List<Place> places, Map<String, String> metadata) {

    /// Where a tensor lies: bytes `[begin, end)` of the data that follows the header.
    record Place(String name, Dtype dtype, List<Long> shape, long begin, long end) {}

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    static Header parse(byte[] json, long dataLength) {
        var places = new ArrayList<Place>();
        var metadata = new LinkedHashMap<String, String>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            expect(parser.nextToken(), JsonToken.START_OBJECT, "the header", "an object");
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                if (name.equals("__metadata__")) {
                    readMetadata(parser, metadata);
                } else {
                    places.add(readPlace(parser, name, dataLength));
                }
            }
            if (parser.nextToken() != null) {
                throw new BadInputException("the header goes on after its closing brace; expected one JSON object.");
            }
        } catch (JacksonException e) {
            throw new BadInputException(
                    "the header is not valid JSON: " + JsonFault.of(e) + "; the file is damaged.", e);
        }
        checkTiling(places, dataLength);
        return new Header(List.copyOf(places), metadata);
    }

    private static void readMetadata(JsonParser parser, Map<String, String> metadata) {
        expect(parser.nextToken(), JsonToken.START_OBJECT, "__metadata__", "an object of strings");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            expect(parser.nextToken(), JsonToken.VALUE_STRING, "__metadata__ " + key, "a string");
            metadata.put(key, parser.getString());
        }
    }

    private static Place readPlace(JsonParser parser, String name, long dataLength) {
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        expect(parser.nextToken(), JsonToken.START_OBJECT, "tensor " + name, "an object");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (field) {
                case "dtype" -> {
                    expect(value, JsonToken.VALUE_STRING, "dtype of " + name, "a string");
                    dtype = parser.getString();
                }
                case "shape" -> shape = readSizes(parser, value, "shape of " + name);
                case "data_offsets" -> offsets = readSizes(parser, value, "data_offsets of " + name);
                default -> parser.skipChildren();
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw new BadInputException(
                    "tensor " + name + " is not described completely; expected dtype, shape and two data_offsets.");
        }
        Place place = new Place(name, Dtype.named(dtype, name), shape, offsets.get(0), offsets.get(1));
        checkSize(place, dataLength);
        return place;
    }

    private static List<Long> readSizes(JsonParser parser, JsonToken first, String what) {
        expect(first, JsonToken.START_ARRAY, what, "a list of whole numbers");
        var sizes = new ArrayList<Long>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            expect(token, JsonToken.VALUE_NUMBER_INT, what, "a list of whole numbers");
            long size = parser.getLongValue();
            if (size < 0) {
                throw new BadInputException(what + " contains " + size + "; expected no negative number.");
            }
            sizes.add(size);
        }
        return List.copyOf(sizes);
    }

    private static void checkSize(Place place, long dataLength) {
        if (place.begin > place.end || place.end > dataLength) {
            throw new BadInputException("tensor " + place.name + " lies at bytes " + place.begin + " to " + place.end
                    + " of the data, but there are " + dataLength + "; the file is damaged or cut short.");
        }
        long expected;
        try {
            expected = Entry.byteSize(place.dtype, place.shape);
        } catch (ArithmeticException e) {
            throw new BadInputException(
                    "tensor " + place.name + " claims the shape " + place.shape
                            + ", more elements than a file can hold; the file is damaged.",
                    e);
        }
        if (place.end - place.begin != expected) {
            throw new BadInputException("tensor " + place.name + " has " + (place.end - place.begin) + " bytes; "
                    + place.dtype + " " + place.shape + " takes " + expected + ": the file is damaged.");
        }
    }

    /// The tensors must cover the data exactly: no overlap, no hole, nothing after the last.
    private static void checkTiling(List<Place> places, long dataLength) {
        var sorted = new ArrayList<>(places);
        sorted.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
        long covered = 0;
        for (Place place : sorted) {
            if (place.begin != covered) {
                throw new BadInputException("tensor " + place.name + " starts at byte " + place.begin
                        + " of the data; expected " + covered + ", where the tensor before it ends: "
                        + (place.begin < covered ? "they overlap." : "there is a hole."));
            }
            covered = place.end;
        }
        if (covered != dataLength) {
            throw new BadInputException("the tensors end at byte " + covered + " of the data, but the file has "
                    + dataLength + "; expected nothing after the last tensor.");
        }
    }

    private static void expect(JsonToken given, JsonToken expected, String what, String description) {
        if (given != expected) {
            throw new BadInputException(what + " is not " + description + "; the file is damaged or no safetensors.");
        }
    }
}
