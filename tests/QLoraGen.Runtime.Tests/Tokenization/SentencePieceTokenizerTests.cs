using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

/// <summary>Small models of each kind; ids are 0 for unknown, 1 and 2 for the control pieces, then the pieces in their order.</summary>
public sealed class SentencePieceTokenizerTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_unigram_model_takes_the_most_likely_pieces_and_joins_unknown_neighbours()
    {
        Tokenizer tokenizer = Load(new SmallSentencePiece(unigram: true).Piece("▁", -3).Piece("a", -2).Piece("b", -2).Piece("▁ab", -4).Piece("ab", -5));
        Assert.Equal([6, 4, 5], tokenizer.Encode("abab"));
        Assert.Equal([6, 0, 4], tokenizer.Encode("abxyza"));
        Assert.Equal("ab ab", tokenizer.Decode(tokenizer.Encode("ab ab")));
    }

    [Fact]
    public void An_unknown_character_falls_back_to_its_bytes()
    {
        Tokenizer tokenizer = Load(new SmallSentencePiece(unigram: true).Piece("▁", -1).Piece("a", -1).ByteFallback());
        Assert.Equal([3, 4, 5 + 0xC3, 5 + 0xA9, 4], tokenizer.Encode("aéa"));
        Assert.Equal("aéa", tokenizer.Decode(tokenizer.Encode("aéa")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_user_defined_piece_is_taken_whole_wherever_it_stands(bool unigram)
    {
        Tokenizer tokenizer = Load(new SmallSentencePiece(unigram)
            .Piece("▁", -1).Piece("a", -1).Piece("b", -1).Piece("aab", -2).Piece("ab", -50, PieceType.UserDefined));
        Assert.Equal([3, 4, 7], tokenizer.Encode("aab"));
    }

    [Fact]
    public void A_bpe_model_merges_the_highest_score_first_and_takes_unused_pieces_apart()
    {
        SmallSentencePiece model = new SmallSentencePiece(unigram: false)
            .Piece("▁", -9).Piece("a", -9).Piece("b", -9).Piece("c", -9).Piece("ab", -2).Piece("bc", -1);
        Assert.Equal([3, 4, 8, 4], Load(model).Encode("abca"));
        model.Piece("abc", 0, PieceType.Unused);
        Assert.Equal([3, 4, 8, 4], Load(model).Encode("abca"));
        model.Piece("▁abc", 0);
        Assert.Equal([10, 4], Load(model).Encode("abca"));
    }

    [Fact]
    public void Pieces_with_a_space_inside_are_found_across_words() => Assert.Equal([3, 6],
        Load(new SmallSentencePiece(unigram: false).Piece("▁", -9).Piece("a", -9).Piece("a▁", -2).Piece("a▁a", -1)).Encode("a a"));

    [Fact]
    public void The_charsmap_replaces_first_and_leaves_user_defined_pieces_alone()
    {
        SmallSentencePiece model = new SmallSentencePiece(unigram: true).Charsmap(Charsmaps.Of(("ﬁ", "a a")))
            .Piece("▁", -1).Piece("a", -1).Piece("b", -1);
        Assert.Equal([3, 5, 4, 3, 4, 5], Load(model).Encode("bﬁb"));
        Assert.Equal([3, 5, 6, 5], Load(model.Piece("ﬁ", 0, PieceType.UserDefined)).Encode("bﬁb"));
    }

    [Fact]
    public void The_prefix_and_extra_spaces_are_as_the_model_says()
    {
        SmallSentencePiece model = new SmallSentencePiece(unigram: true).Piece("▁", -1).Piece("a", -1).Piece(" ", -1);
        Assert.Equal([3, 4, 3, 4], Load(model).Encode("  a  a "));
        Assert.Equal([3, 3, 4, 3], Load(model.Switch(3, false).Switch(4, false)).Encode("  a "));
        Assert.Equal([4, 5], Load(model.Switch(5, false)).Encode("a "));
    }

    [Fact]
    public void A_model_in_which_not_every_text_has_ids_is_refused()
    {
        byte[] bytes = new SmallSentencePiece(unigram: true).Piece("<0x41>", 0, PieceType.Byte).Write();
        folder.Write("tokenizer.model", bytes);
        Assert.Contains("only 1 of its 256 bytes", Assert.Throws<QLoraException>(() => Tokenizer.Load(folder.Path)).Message);
    }

    private Tokenizer Load(SmallSentencePiece model)
    {
        folder.Write("tokenizer.model", model.Write());
        return Tokenizer.Load(folder.Path);
    }
}
