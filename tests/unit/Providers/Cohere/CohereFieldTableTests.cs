using ProxyCluster.GatewayApi.Providers.Cohere;

namespace ProxyCluster.Tests.Unit.Providers.Cohere;

/// <summary>Holds <c>docs/providers/cohere.md</c> to the adapter, row by row.</summary>
public sealed class CohereFieldTableTests
{
    public static TheoryData<string, string, string, string> Rows => DocumentedFields.Rows("cohere.md");

    [Theory]
    [MemberData(nameof(Rows))]
    public void Field_AsDocumented_MeetsItsVerdict(string field, string example, string verdict, string sent) =>
        DocumentedFields.AssertRow(CohereCase.Provider, field, example, (verdict, sent));

    [Fact]
    public void Table_Documented_HasEveryFieldTheCodeKnows() => DocumentedFields.AssertComplete("cohere.md", CohereFields.Table);
}
