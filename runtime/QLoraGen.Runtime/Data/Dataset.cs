namespace QLoraGen.Data;

/// <summary>
/// A dataset file, read, checked and rendered to text. Rows of JSON (an array, or one value a line) may be strings or objects with
/// `text`; `instruction`, `input` (optional), `output`; `prompt`, `completion`; `question`, `answer`; or `messages` of `role` and
/// `content`. Other fields are ignored. A `.txt` file is one text.
/// </summary>
/// <param name="Samples">The rows, in the file's order; at least one.</param>
/// <param name="Kind">What the rows are; all rows of a file are of one kind.</param>
public sealed record Dataset(IReadOnlyList<Sample> Samples, DatasetKind Kind)
{
    /// <summary>Reads a `.json`, `.jsonl` or `.txt` file in UTF-8, with or without a byte order mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keepMessages">
    /// Whether rows of messages are kept for the model's chat template (<see cref="Sample.Conversation"/>). Without one they are
    /// rendered in a plain layout, of which the last turn is learned.
    /// </param>
    /// <exception cref="QLoraException">The file or a row of it is wrong; the message names file, row, field and fix.</exception>
    public static Dataset Read(string path, bool keepMessages = false)
    {
        if (DatasetFile.IsText(path))
        {
            string text = DatasetFile.ReadText(path);
            return string.IsNullOrWhiteSpace(text) ? throw DatasetFile.Empty(path) : new([new(null, text)], DatasetKind.Document);
        }
        return FromRows(path, DatasetFile.ReadRows(path), keepMessages);
    }

    private static Dataset FromRows(string path, IEnumerable<DatasetRow> rows, bool keepMessages)
    {
        List<Sample> samples = [];
        bool? prompted = null;
        foreach (DatasetRow row in rows)
        {
            Sample sample = row.Render(keepMessages);
            prompted ??= sample.Prompt is not null;
            if (prompted != sample.Prompt is not null)
            {
                throw row.Error(prompted.Value
                    ? "is a plain text, but the rows before it have prompts; keep the two in separate files"
                    : "has a prompt, but the rows before it are plain texts; keep the two in separate files");
            }
            samples.Add(sample);
        }
        return samples.Count == 0 ? throw DatasetFile.Empty(path) : new(samples, prompted == true ? DatasetKind.Instructions : DatasetKind.Texts);
    }
}
