using System.Text.Json;
using System.Text.Json.Nodes;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

public sealed class UnigramModelTests
{
    [Fact]
    public void The_pieces_with_the_highest_sum_of_scores_are_taken()
    {
        // abc: -4.2; ab+c: -4.5; a+bc: -4.
        UnigramModel model = Model(("?", 0), ("a", -2), ("b", -2), ("c", -2), ("ab", -2.5), ("bc", -2), ("abc", -4.2));
        Assert.Equal([1, 5], Encode(model, "abc"));
        Assert.Equal([4, 1, 5], Encode(model, "ababc"));
    }

    [Fact]
    public void Neighbours_that_are_in_no_piece_are_one_unknown() =>
        Assert.Equal([1, 0, 1, 0], Encode(Model(("?", 0), ("a", -2)), "axyza🦙"));

    [Fact]
    public void An_unknown_run_is_written_as_bytes_where_all_of_them_are_pieces()
    {
        JsonObject json = Json([("?", 0), ("a", -2), .. Enumerable.Range(0, 256).Select(value => ($"<0x{value:X2}>", -9.0))]);
        json["byte_fallback"] = true;
        Assert.Equal([1, 0xC3 + 2, 0xA9 + 2, 1], Encode(Model(json), "aéa"));
        json["vocab"]!.AsArray().RemoveAt(2 + 0xC3);
        Assert.Equal([1, 0, 1], Encode(Model(json), "aéa"));
    }

    [Fact]
    public void A_character_in_no_piece_is_an_error_where_there_is_no_unknown_token()
    {
        JsonObject json = Json([("a", -2)]);
        json.Remove("unk_id");
        Assert.Contains("model.unk_id: is missing", Assert.Throws<QLoraException>(() => Encode(Model(json), "b")).Message);
    }

    private static int[] Encode(UnigramModel model, string text)
    {
        List<int> ids = [];
        model.Encode(text, ids);
        List<int> again = [];
        model.Encode(text, again); // from the cache
        Assert.Equal(ids, again);
        return [.. ids];
    }

    private static UnigramModel Model(params (string Text, double Score)[] pieces) => Model(Json(pieces));

    private static UnigramModel Model(JsonObject json)
    {
        using JsonDocument document = JsonDocument.Parse(json.ToJsonString());
        return new(new("tokenizer.json", "model", document.RootElement.Clone()));
    }

    private static JsonObject Json(params (string Text, double Score)[] pieces) => new()
    {
        ["unk_id"] = 0,
        ["vocab"] = new JsonArray([.. pieces.Select(piece => (JsonNode)new JsonArray(piece.Text, piece.Score))]),
    };
}
