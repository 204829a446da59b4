package cutaway.model.family;

import cutaway.model.parts.Transformer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A family of models: reads its settings and weights under their own names and puts the parts together.
///
/// A new family is one class that implements this and stands in [#ALL].
public interface Family {

    List<Family> ALL = List.of(
            new Llama(),
            new Gpt2(),
            new GptNeox(),
            new Mistral(),
            new Qwen2(),
            new Qwen3(),
            new Gemma(),
            new Gemma2(),
            new Gemma3(),
            new Phi(),
            new Phi3(),
            new Olmo2(),
            new Bert(),
            new Lab());

    /// The names of all.
    static List<String> names() {
        return ALL.stream().map(Family::name).toList();
    }

    /// The family that config.json's `model_type` names; none where it is on no family's list.
    static Optional<Family> listed(String modelType) {
        return ALL.stream().filter(known -> known.isModelType(modelType)).findFirst();
    }

    /// Its name in a GGUF file's `general.architecture` and, but for spelling, in `model_type`.
    String name();

    /// Whether config.json's `model_type` names this family.
    boolean isModelType(String modelType);

    /// What Cutaway writes as `model_type`.
    default String modelType() {
        return name();
    }

    /// The class of transformers that the model is, what config.json calls its architecture.
    default String className() {
        return getClass().getSimpleName() + "ForCausalLM";
    }

    /// The family whose architecture its GGUF files have.
    default Family inGguf() {
        return this;
    }

    /// Weights whose presence tells one way of writing the family's files from another, as Cutaway writes them.
    default Set<String> marks() {
        return Set.of();
    }

    /// Whether a model of these settings is a decoder, in which a position sees only those before it.
    default boolean isCausal(Settings config) {
        return true;
    }

    /// Whether transformers asks config.json for a window even where no layer slides.
    default boolean needsWindow() {
        return false;
    }

    /// From a Hugging Face folder.
    Built fromHuggingFace(Settings config, Weights weights);

    /// From a GGUF file of this architecture.
    Built fromGguf(Settings metadata, Weights weights);

    /// The model and the number of positions that it was made for.
    record Built(Transformer transformer, int context) {}

    /// Passes over the settings of config.json that say how the model was made, or how text is generated, not what it
    /// computes.
    ///
    /// @throws cutaway.tensor.BadInputException naming the first of the others that was not read
    static void finish(Settings config) {
        config.ignore(
                "_attn_implementation_autoset",
                "_name_or_path",
                "architectures",
                "attention_dropout",
                "attention_probs_dropout_prob",
                "attn_pdrop",
                "auto_map",
                "bos_token_id",
                "cache_implementation",
                "chunk_size_feed_forward",
                "classifier_dropout",
                "cls_token_id",
                "directionality",
                "do_sample",
                "dtype",
                "embd_pdrop",
                "eos_token_id",
                "finetuning_task",
                "gradient_checkpointing",
                "hidden_dropout",
                "hidden_dropout_prob",
                "id2label",
                "initializer_range",
                "is_decoder",
                "is_encoder_decoder",
                "is_llama_config",
                "keys_to_ignore_at_inference",
                "label2id",
                "license",
                "mask_token_id",
                "max_length",
                "model_type",
                "n_ctx",
                "output_attentions",
                "output_hidden_states",
                "pad_token_id",
                "pooler_fc_size",
                "pooler_num_attention_heads",
                "pooler_num_fc_layers",
                "pooler_size_per_head",
                "pooler_type",
                "pretraining_tp",
                "problem_type",
                "resid_pdrop",
                "return_dict",
                "sep_token_id",
                "summary_activation",
                "summary_first_dropout",
                "summary_proj_to_labels",
                "summary_type",
                "summary_use_proj",
                "task_specific_params",
                "tokenizer_class",
                "torch_dtype",
                "transformers.js_config",
                "transformers_version",
                "unk_token_id",
                "use_cache");
        config.refuseNull("is_causal", "which transformers takes as false, attention to later positions too");
        config.finish();
    }
}
