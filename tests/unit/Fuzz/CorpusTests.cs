using ProxyCluster.Tests.Fuzz.Engine;
using ProxyCluster.Tests.Fuzz.Targets;

namespace ProxyCluster.Tests.Unit.Fuzz;

/// <summary>Every input that is kept, good or once fatal, through the parser it belongs to.</summary>
public sealed class CorpusTests
{
    private static readonly string Corpora = Path.Combine(AppContext.BaseDirectory, "corpus");

    public static TheoryData<string> TargetNames => [.. AllTargets.Create().Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(TargetNames))]
    public void Parser_EveryKeptInput_AnswersOrRefuses(string name)
    {
        var target = AllTargets.Create().Single(t => t.Name == name);
        var corpus = Corpus.Load(Path.Combine(Corpora, name));

        Assert.NotEmpty(corpus);
        foreach (var (file, bytes) in corpus)
        {
            var fault = Record.Exception(() => { _ = target.Run(bytes); });
            Assert.True(fault is null, $"{name}/{file}: {fault}");
        }
    }

    [Fact]
    public void Corpus_EveryFolder_HasAParser() =>
        Assert.Equal(
            AllTargets.Create().Select(t => t.Name).Order(StringComparer.Ordinal),
            Directory.EnumerateDirectories(Corpora).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
}
