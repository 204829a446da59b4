package cutaway.model.family;

import cutaway.model.parts.Transformer;
import java.util.List;

/// A family of models: reads its settings and weights under their own names and puts the parts together.
///
/// A new family is one class that implements this and stands in [#ALL].
public interface Family {

    List<Family> ALL = List.of(new Llama(), new Gpt2());

    /// Its name in a GGUF file's `general.architecture` and, but for spelling, in `model_type`.
    String name();

    /// Whether config.json's `model_type` names this family.
    boolean isModelType(String modelType);

    /// From a Hugging Face folder.
    Built fromHuggingFace(Settings config, Weights weights);

    /// From a GGUF file of this architecture.
    Built fromGguf(Settings metadata, Weights weights);

    /// The model and the number of positions that it was made for.
    record Built(Transformer transformer, int context) {}

    /// Settings of config.json that say how the model was made, or how text is generated, not what it computes.
    static void ignoreTraining(Settings config) {
        config.ignore(
                "_attn_implementation_autoset",
                "_name_or_path",
                "architectures",
                "attention_dropout",
                "attn_pdrop",
                "auto_map",
                "bos_token_id",
                "chunk_size_feed_forward",
                "dtype",
                "embd_pdrop",
                "eos_token_id",
                "finetuning_task",
                "gradient_checkpointing",
                "id2label",
                "initializer_range",
                "is_llama_config",
                "keys_to_ignore_at_inference",
                "label2id",
                "license",
                "model_type",
                "n_ctx",
                "output_attentions",
                "output_hidden_states",
                "pad_token_id",
                "pretraining_tp",
                "resid_pdrop",
                "return_dict",
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
    }
}
