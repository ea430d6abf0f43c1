using System.Text;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Text that is cut into terms: each has a place, in order, and is no longer than terms are; words are as kin to each other as the other way round.</summary>
internal sealed class TextTermsTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "text-terms";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
        ["stories", "running", "painted", "houses", "größe", "北京", "猫", "กขค", "नमस्ते", "snake_case", "v2", new('x', 70), "ÀÉ", "\u0301", "ing", "ed", " "];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["core/Condensation/TextScanner.cs", "core/Condensation/Stemmer.cs", "core/Condensation/TermKinship.cs", "core/Condensation/Vocabulary.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("core/Condensation/TextScanner.cs", "if (length < LongestTerm)") { CountsAs = true };

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var vocabulary = new Vocabulary();
        var scanner = new TextScanner(text, stackalloc char[TextScanner.LongestTerm]);
        var start = -1;
        var before = "";
        while (scanner.Read())
        {
            if (scanner.Start < start || scanner.End <= scanner.Start || scanner.Term.IsEmpty || scanner.Term.Length > TextScanner.LongestTerm)
            {
                throw new InvalidDataException("A term has no place, or none of its own.");
            }

            var term = scanner.Term.ToString();
            if (vocabulary[vocabulary.Add(term)].ToString() != term || vocabulary.Find(term) < 0)
            {
                throw new InvalidDataException("A term is not found again.");
            }

            if (TermKinship.Of(term, before) is < 0 or > 1)
            {
                throw new InvalidDataException("Words are more than kin.");
            }

            (start, before) = (scanner.Start, term);
        }

        var count = vocabulary.Count;
        vocabulary.GiveBack();
        return HashCode.Combine(count, start < 0);
    }
}
