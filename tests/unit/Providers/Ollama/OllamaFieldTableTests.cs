using ProxyCluster.GatewayApi.Providers.Ollama;

namespace ProxyCluster.Tests.Unit.Providers.Ollama;

/// <summary>Holds <c>docs/providers/ollama.md</c> to the adapter, row by row.</summary>
public sealed class OllamaFieldTableTests
{
    public static TheoryData<string, string, string, string> Rows => DocumentedFields.Rows("ollama.md");

    [Theory]
    [MemberData(nameof(Rows))]
    public void Field_AsDocumented_MeetsItsVerdict(string field, string example, string verdict, string sent) =>
        DocumentedFields.AssertRow(OllamaCase.Provider, field, example, (verdict, sent));

    [Fact]
    public void Table_Documented_HasEveryFieldTheCodeKnows() => DocumentedFields.AssertComplete("ollama.md", OllamaFields.Table);
}
