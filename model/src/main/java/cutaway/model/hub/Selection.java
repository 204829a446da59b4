package cutaway.model.hub;

import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The files of a repository that a model needs, and no others: config.json, tokenizer and safetensors, or one GGUF
/// file with all its shards.
///
/// @param entry what is opened: the path of a GGUF file, or empty for the folder
/// @param files in the order in which they are fetched
record Selection(String entry, List<HubFile> files) {

    static final String CONFIG = "config.json";
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final List<String> SETTINGS = List.of(
            CONFIG,
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja");
    private static final Pattern SHARD = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");
    private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl)");

    /// All that is needed, but for the shards of an index: [#withShards] adds them once the index is here.
    ///
    /// @throws BadInputException where the repository holds nothing that can be opened, or the one of several
    ///     GGUF files that is meant is not named
    static Selection of(HubListing listing) {
        Optional<String> file = listing.name().file();
        if (file.isPresent()) {
            return gguf(listing, file.get());
        }
        if (listing.holds(CONFIG) && (listing.holds(SINGLE) || listing.holds(INDEX))) {
            return folder(listing);
        }
        List<HubFile> models = ggufs(listing);
        if (models.size() == 1) {
            return gguf(listing, models.getFirst().path());
        }
        if (models.isEmpty()) {
            throw nothing(listing);
        }
        throw new BadInputException("%s holds %d GGUF files; name one: cutaway pull %s, where FILE is %s."
                .formatted(listing.name().id(), models.size(), listing.name().withFile("FILE"), list(models)));
    }

    private static Selection folder(HubListing listing) {
        List<HubFile> files = new ArrayList<>();
        SETTINGS.forEach(name -> listing.file(name).ifPresent(files::add));
        if (!listing.holds("tokenizer.json")) {
            listing.file("tokenizer.model").ifPresent(files::add);
        }
        files.add(listing.file(SINGLE).or(() -> listing.file(INDEX)).orElseThrow());
        return new Selection("", List.copyOf(files));
    }

    private static Selection gguf(HubListing listing, String path) {
        if (!path.endsWith(".gguf")) {
            throw new BadInputException(
                    "%s is no GGUF file; name one after the colon, or nothing for a repository with safetensors: cutaway pull %s."
                            .formatted(path, listing.name().id()));
        }
        HubFile named = listing.file(path).orElseThrow(() -> missing(listing, path));
        Matcher shard = SHARD.matcher(path);
        if (!shard.matches()) {
            return new Selection(path, List.of(named));
        }
        List<HubFile> shards = new ArrayList<>();
        for (int i = 1; i <= Integer.parseInt(shard.group(3)); i++) {
            String one = "%s-%05d-of-%s.gguf".formatted(shard.group(1), i, shard.group(3));
            shards.add(listing.file(one).orElseThrow(() -> missing(listing, one)));
        }
        return new Selection(shards.getFirst().path(), List.copyOf(shards));
    }

    /// With the shards that the index names.
    ///
    /// @param index the fetched index
    /// @throws BadInputException where the index is no list of shards of this repository
    Selection withShards(HubListing listing, Path index) {
        Set<String> names = new TreeSet<>();
        try {
            JsonNode map = JsonMapper.shared().readTree(index.toFile()).path("weight_map");
            map.values().forEach(shard -> names.add(shard.asString("")));
        } catch (JacksonException e) {
            throw new BadInputException(
                    "%s of %s is not JSON (%s).".formatted(INDEX, listing.name().id(), JsonFault.of(e)), e);
        }
        List<HubFile> all = new ArrayList<>(files);
        for (String name : names) {
            if (!name.endsWith(".safetensors")) {
                throw new BadInputException("%s of %s names the shard \"%s\"; expected a safetensors file."
                        .formatted(INDEX, listing.name().id(), name.replaceAll("\\p{Cntrl}", "?")));
            }
            all.add(listing.file(name).orElseThrow(() -> missing(listing, name)));
        }
        if (names.isEmpty()) {
            throw new BadInputException("%s of %s has no weight_map; expected the list of shards."
                    .formatted(INDEX, listing.name().id()));
        }
        return new Selection(entry, List.copyOf(all));
    }

    /// Whether the shards are still to be added.
    boolean hasIndex() {
        return files.getLast().path().equals(INDEX);
    }

    /// The GGUF files that are models: each set of shards by its first, and no vision projectors.
    private static List<HubFile> ggufs(HubListing listing) {
        return listing.files().stream()
                .filter(file -> file.path().endsWith(".gguf"))
                .filter(file ->
                        !file.path().substring(file.path().lastIndexOf('/') + 1).startsWith("mmproj"))
                .filter(file -> isFirst(file.path()))
                .toList();
    }

    /// Whether a GGUF file is opened by this name: it is whole, or the first of its shards.
    static boolean isFirst(String path) {
        Matcher shard = SHARD.matcher(path);
        return !shard.matches() || shard.group(2).equals("00001");
    }

    private static BadInputException missing(HubListing listing, String path) {
        List<HubFile> models = ggufs(listing);
        String held = models.isEmpty() ? "it holds no GGUF file" : "its GGUF files: " + list(models);
        return new BadInputException("%s holds no %s at %s; %s."
                .formatted(
                        listing.name().id(),
                        path.replaceAll("\\p{Cntrl}", "?"),
                        listing.name().revision(),
                        held));
    }

    private static BadInputException nothing(HubListing listing) {
        String id = listing.name().id();
        Optional<HubFile> pickle = listing.files().stream()
                .filter(file -> PICKLE.matcher(file.path()).matches())
                .findFirst();
        if (pickle.isPresent()
                && listing.files().stream().noneMatch(file -> file.path().endsWith(".safetensors"))) {
            return new BadInputException(
                    "%s has its weights only as pickle (%s), which can run any code when it is opened; Cutaway opens none: look for the same model as safetensors or GGUF."
                            .formatted(id, pickle.get().path()));
        }
        return new BadInputException("%s holds neither %s with %s (or its index) nor a GGUF file; expected one of them."
                .formatted(id, CONFIG, SINGLE));
    }

    private static String list(List<HubFile> files) {
        int shown = 40;
        String list = files.stream().limit(shown).map(HubFile::described).collect(Collectors.joining(", "));
        return files.size() > shown ? list + " and " + (files.size() - shown) + " more" : list;
    }
}
