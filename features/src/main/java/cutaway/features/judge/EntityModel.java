package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.model.tokenizer.Encoding;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// A model that is asked for attributes of entities, with other activations at the last token of the entity. Its
/// answer is the one whose first token has the largest logit, of the answers that the attribute has.
///
/// The runs of all prompts up to the dictionary's site are kept until it is closed, which must be before what was
/// opened earlier on this thread is.
public final class EntityModel implements Entities.Answers, AutoCloseable {

    /// Prompts that are run side by side.
    private static final int BATCH = 16;

    private final Model model;
    private final List<Question> questions = new ArrayList<>();
    private final List<Splice.Run> runs = new ArrayList<>();
    private final int entities;

    /// Prompts of one length.
    ///
    /// @param members the entities
    /// @param rows of the batch that are their last tokens
    private record Together(List<Integer> members, int length, long[] rows, Splice.Run run) {}

    /// An attribute.
    ///
    /// @param tokens the first of each answer
    /// @param values of each entity
    private record Question(String name, long[] tokens, int[] values, List<Together> batches) {}

    /// @throws BadInputException when the dictionary does not fit the model, or answers cannot be told apart
    public EntityModel(Model model, Dictionary dictionary, EntityPrompts prompts) {
        this.model = model;
        this.entities = prompts.entities().size();
        Splice splice = new Splice(model, dictionary.origin(), dictionary.dIn(), dictionary.dOut());
        try {
            for (Map.Entry<String, String> prompt : prompts.prompts().entrySet()) {
                questions.add(question(splice, prompts, prompt.getKey(), prompt.getValue()));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Question question(Splice splice, EntityPrompts prompts, String attribute, String template) {
        List<String> names = prompts.values(attribute);
        Map<Long, String> tokens = new LinkedHashMap<>();
        for (String name : names) {
            long first = model.tokenizer().encode(" " + name, false).ids()[0];
            String other = tokens.putIfAbsent(first, name);
            if (other != null) {
                throw new BadInputException("the answers " + other + " and " + name + " for " + attribute
                        + " begin with the same token, by which they are told apart; leave entities with one of them"
                        + " out.");
            }
        }
        Map<Integer, List<Integer>> byLength = new TreeMap<>();
        List<int[]> ids = new ArrayList<>();
        int[] last = new int[entities];
        int end = template.indexOf(EntityPrompts.PLACE);
        for (int entity = 0; entity < entities; entity++) {
            String name = prompts.entities().get(entity).name();
            Encoding encoding = model.encode(template.replace(EntityPrompts.PLACE, name));
            ids.add(encoding.ids());
            for (int pos = 0; pos < encoding.ids().length; pos++) {
                last[entity] = encoding.spans().get(pos).start() < end + name.length() ? pos : last[entity];
            }
            byLength.computeIfAbsent(encoding.ids().length, _ -> new ArrayList<>())
                    .add(entity);
        }
        List<Together> batches = new ArrayList<>();
        byLength.forEach((length, all) -> {
            for (int from = 0; from < all.size(); from += BATCH) {
                List<Integer> members = all.subList(from, Math.min(from + BATCH, all.size()));
                long[] rows = IntStream.range(0, members.size())
                        .mapToLong(i -> (long) i * length + last[members.get(i)])
                        .toArray();
                Splice.Run run = splice.new Run(members.stream().map(ids::get).toList());
                runs.add(run);
                batches.add(new Together(List.copyOf(members), length, rows, run));
            }
        });
        return new Question(
                attribute,
                tokens.keySet().stream().mapToLong(Long::longValue).toArray(),
                prompts.entities().stream()
                        .mapToInt(entity -> names.indexOf(entity.answers().get(attribute)))
                        .toArray(),
                batches);
    }

    /// What the entities are to a dictionary; their activations belong to the scope that is open.
    ///
    /// @throws BadInputException as [Entities] does
    public Entities entities() {
        List<Entities.Attribute> attributes = new ArrayList<>();
        for (Question question : questions) {
            Tensor x = Scope.keep(() -> {
                List<Tensor> parts = new ArrayList<>();
                long[] order = new long[entities];
                int at = 0;
                for (Together batch : question.batches) {
                    parts.add(batch.run.values.inputs().gatherRows(0, Tensor.of(batch.rows, batch.rows.length)));
                    for (int member : batch.members) {
                        order[member] = at++;
                    }
                }
                return Tensor.cat(parts, 0).to(Dtype.F32).gatherRows(0, Tensor.of(order, order.length));
            });
            attributes.add(new Entities.Attribute(question.name, x, question.values));
        }
        return new Entities(attributes);
    }

    /// Entities for which the unedited model answers every prompt rightly.
    public List<Integer> known() {
        int[] all = IntStream.range(0, entities).toArray();
        boolean[] right = new boolean[entities];
        Arrays.fill(right, true);
        for (int attribute = 0; attribute < questions.size(); attribute++) {
            Question question = questions.get(attribute);
            for (Together batch : question.batches) {
                int[] said = answers(question, batch, batch.run.last);
                for (int i = 0; i < said.length; i++) {
                    int entity = batch.members.get(i);
                    right[entity] &= said[i] == question.values[entity];
                }
            }
        }
        return IntStream.of(all).filter(entity -> right[entity]).boxed().toList();
    }

    @Override
    public int[] of(int attribute, int[] asked, Tensor rows) {
        Question question = questions.get(attribute);
        int[] said = new int[asked.length];
        for (Together batch : question.batches) {
            List<Integer> left = new ArrayList<>(IntStream.range(0, asked.length)
                    .filter(row -> batch.members.contains(asked[row]))
                    .boxed()
                    .toList());
            while (!left.isEmpty()) {
                Map<Integer, Integer> once = new LinkedHashMap<>(); // an entity has one place in the batch
                left.forEach(row -> once.putIfAbsent(batch.members.indexOf(asked[row]), row));
                left.removeAll(once.values());
                int[] found = Scope.free(() -> answers(question, batch, changed(batch, once, rows)));
                once.forEach((member, row) -> said[row] = found[member]);
            }
        }
        return said;
    }

    /// The residual stream at the end where some members have other rows.
    ///
    /// @param rows of each member that is changed
    private static Tensor changed(Together batch, Map<Integer, Integer> rows, Tensor all) {
        long[] from = rows.values().stream().mapToLong(Integer::longValue).toArray();
        long[] to =
                rows.keySet().stream().mapToLong(member -> batch.rows[member]).toArray();
        Tensor whole = batch.run.values.outputs();
        Tensor some = all.gatherRows(0, Tensor.of(from, from.length)).to(whole.dtype());
        return batch.run.with(whole.replaceRows(0, Tensor.of(to, to.length), some));
    }

    /// @param residual after the last block, `[batch, pos, dModel]`
    private int[] answers(Question question, Together batch, Tensor residual) {
        return Scope.free(() -> {
            Tensor ends = residual.select(1, batch.length - 1L).contiguous().unsqueeze(0); // [1, batch, dModel]
            Tensor logits = model.transformer().unembed(ends, Tap.NONE).squeeze(0); // [batch, vocab]
            double[] own = logits.transpose(0, 1)
                    .contiguous()
                    .gatherRows(0, Tensor.of(question.tokens, question.tokens.length))
                    .toDoubles(); // [answer, batch]
            int members = batch.members.size();
            int[] said = new int[members];
            for (int answer = 1; answer < question.tokens.length; answer++) {
                for (int i = 0; i < members; i++) {
                    said[i] = own[answer * members + i] > own[said[i] * members + i] ? answer : said[i];
                }
            }
            return said;
        });
    }

    @Override
    public void close() {
        for (int i = runs.size() - 1; i >= 0; i--) {
            runs.get(i).close();
        }
        runs.clear();
    }
}
