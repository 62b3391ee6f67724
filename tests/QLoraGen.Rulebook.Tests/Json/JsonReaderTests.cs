using System.Text;
using System.Text.Json;
using QLoraGen.Json;

namespace QLoraGen.Rulebook.Tests.Json;

/// <summary>JSON with places, held against System.Text.Json.</summary>
public sealed class JsonReaderTests
{
    private const string Config = """
        { "r": 16, "lora_alpha": 3.2e1, "target_modules": ["q_proj", "v\u005fproj"],
          "rank_pattern": { "layers.0.q_proj": 8 }, "bias": "none", "use_dora": false, "revision": null }
        """;

    [Theory]
    [InlineData("r", "16")]
    [InlineData("lora_alpha", "3.2e1")]
    [InlineData("target_modules[1]", "\"v\\u005fproj\"")]
    [InlineData("rank_pattern.layers.0.q_proj", "8")]
    [InlineData("revision", "null")]
    public void A_value_knows_its_place(string path, string text)
    {
        JsonNode node = Assert.IsType<JsonNode>(JsonReader.Parse(Config).At(path));
        Assert.Equal(text, Config.Substring(node.Start, node.Length));
    }

    [Theory]
    [InlineData("target_modules[2]")]
    [InlineData("target_modules[-1]")]
    [InlineData("target_modules[x]")]
    [InlineData("rank_pattern.layers")]
    [InlineData("r.r")]
    [InlineData("missing")]
    public void A_path_that_leads_nowhere_gives_null(string path) => Assert.Null(JsonReader.Parse(Config).At(path));

    [Fact]
    public void Values_are_read_with_their_types()
    {
        JsonNode root = JsonReader.Parse(Config);
        Assert.Equal(16L, root["r"]!.Value);
        Assert.Equal(32.0, root["lora_alpha"]!.Value);
        Assert.Equal("v_proj", root.At("target_modules[1]")!.Value);
        Assert.Equal(false, root["use_dora"]!.Value);
        JsonMember bias = Assert.Single(root.Members, static member => member.Name == "bias");
        Assert.Equal("\"bias\"", Config.Substring(bias.Start, bias.Length));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("{\"a\": 1,}", 8)]
    [InlineData("{\"a\": 01}", 6)]
    [InlineData("{\"a\": 1, \"a\": 2}", 9)]
    [InlineData("[1 2]", 3)]
    [InlineData("\"\\x\"", 2)]
    [InlineData("nul", 0)]
    [InlineData("1 1", 2)]
    public void A_fault_says_where(string text, int position) =>
        Assert.Equal(position, Assert.Throws<QLoraGen.Json.JsonException>(() => JsonReader.Parse(text)).Position);

    [Fact]
    public void Depth_is_limited()
    {
        JsonReader.Parse(new string('[', JsonReader.MaxDepth) + new string(']', JsonReader.MaxDepth));
        Assert.Throws<QLoraGen.Json.JsonException>(() => JsonReader.Parse(new string('[', 1_000_000)));
    }

    [Fact]
    public void It_takes_and_refuses_what_System_Text_Json_does()
    {
        var random = new Random(7);
        const string Letters = "{}[]\",:0123456789.eE+-truefalsn \\u\n";
        int valid = 0;
        for (int i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder(Config);
            for (int edits = random.Next(0, 3); edits > 0; edits--)
            {
                int place = random.Next(text.Length);
                text.Remove(place, random.Next(2)).Insert(place, Letters[random.Next(Letters.Length)]);
            }
            bool expected = Reads(() => JsonDocument.Parse(text.ToString(), new JsonDocumentOptions { AllowDuplicateProperties = false }).Dispose());
            Assert.True(expected == Reads(() => JsonReader.Parse(text.ToString())), text.ToString());
            valid += expected ? 1 : 0;
        }
        Assert.InRange(valid, 1_000, 19_000);
    }

    private static bool Reads(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or QLoraGen.Json.JsonException)
        {
            return false;
        }
    }
}
