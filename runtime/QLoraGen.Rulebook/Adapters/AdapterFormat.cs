namespace QLoraGen;

/// <summary>The form in which a trained adapter will be used.</summary>
public enum AdapterFormat
{
    /// <summary>A folder as PEFT writes it; it holds everything.</summary>
    Peft,

    /// <summary>llama.cpp's GGUF adapter: tensors and one alpha.</summary>
    Gguf,
}
