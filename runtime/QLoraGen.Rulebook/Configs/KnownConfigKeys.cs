namespace QLoraGen.Configs;

/// <summary>Keys that Transformers' configs of language models carry and that no record here need read.</summary>
internal static class KnownConfigKeys
{
    public static IReadOnlyList<string> All { get; } =
    [
        // Of every config.
        "_name_or_path", "_attn_implementation", "_attn_implementation_autoset", "add_cross_attention", "architectures", "attn_implementation",
        "auto_map", "bad_words_ids", "begin_suppress_tokens", "bos_token_id", "chunk_size_feed_forward", "cross_attention_hidden_size",
        "decoder_start_token_id", "diversity_penalty", "do_sample", "dtype", "early_stopping", "encoder_no_repeat_ngram_size", "eos_token_id",
        "exponential_decay_length_penalty", "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "id2label", "is_decoder",
        "is_encoder_decoder", "label2id", "length_penalty", "max_length", "min_length", "model_type", "no_repeat_ngram_size", "num_beam_groups",
        "num_beams", "num_return_sequences", "output_attentions", "output_hidden_states", "output_scores", "pad_token_id", "prefix",
        "problem_type", "pruned_heads", "quantization_config", "remove_invalid_values", "repetition_penalty", "return_dict",
        "return_dict_in_generate", "sep_token_id", "suppress_tokens", "task_specific_params", "temperature", "tf_legacy_loss",
        "tie_encoder_decoder", "tie_word_embeddings", "tokenizer_class", "top_k", "top_p", "torch_dtype", "torchscript", "transformers_version",
        "typical_p", "unsloth_fixed", "unsloth_version", "use_bfloat16", "use_cache",
        // Sizes and activations of decoders.
        "activation_function", "attention_bias", "attention_dropout", "attention_multiplier", "attn_logit_softcapping", "attn_pdrop",
        "cache_implementation", "classifier_dropout", "embd_pdrop", "embedding_multiplier", "ffn_dim", "final_logit_softcapping", "first_k_dense_replace",
        "head_dim", "hidden_act", "hidden_activation", "hidden_dropout", "hidden_size", "initializer_range", "intermediate_size", "kv_lora_rank",
        "layer_norm_eps", "layer_norm_epsilon", "layer_types", "logits_scaling", "max_position_embeddings", "max_window_layers", "mlp_bias",
        "n_ctx", "n_embd", "n_head", "n_inner", "n_layer", "n_positions", "norm_eps", "norm_epsilon", "num_attention_heads", "num_heads",
        "num_hidden_layers", "num_key_value_heads", "num_kv_heads", "num_layers", "original_max_position_embeddings", "parallel_residual",
        "partial_rotary_factor", "pretraining_tp", "q_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "query_pre_attn_scalar", "resid_pdrop",
        "residual_multiplier", "rms_norm_eps", "rope_interleaved", "rope_local_base_freq", "rope_parameters", "rope_scaling", "rope_theta", "rotary_dim",
        "rotary_emb_base", "rotary_pct", "sliding_window", "sliding_window_pattern", "use_parallel_residual", "use_qk_norm", "use_sliding_window",
        "v_head_dim", "vocab_size",
        // Experts.
        "decoder_sparse_step", "mlp_only_layers", "moe_intermediate_size", "moe_layer_freq", "n_group", "n_routed_experts", "n_shared_experts",
        "norm_topk_prob", "num_experts", "num_experts_per_tok", "num_local_experts", "output_router_logits", "routed_scaling_factor",
        "router_aux_loss_coef", "router_jitter_noise", "scoring_func", "shared_expert_intermediate_size", "topk_group", "topk_method",
    ];
}
