namespace QLoraGen.Tokenization;

/// <summary>The ids that begin and end a text, and whether the model expects them around every text.</summary>
internal readonly record struct SpecialIds(int? Bos, int? Eos, bool AddBos, bool AddEos);
