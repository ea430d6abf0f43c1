using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Unit.Providers.OpenAi;

public sealed class OpenAiCallsTests
{
    [Fact]
    public void Piece_WithIndex_GoesOnWithTheCallOfItsIndex()
    {
        var calls = new OpenAiCalls();

        Assert.Equal([(true, 0), (true, 1), (false, 0), (false, 1)], [Find(calls, 3, true), Find(calls, 7, true), Find(calls, 3, true), Find(calls, 7, false)]);
    }

    [Fact]
    public void Piece_WithoutIndex_BeginsACallWhereItIsNamed_AndElseGoesOnWithTheLast()
    {
        var calls = new OpenAiCalls();

        Assert.Equal([(true, 0), (false, 0), (true, 1), (false, 1)], [Find(calls, null, true), Find(calls, null, false), Find(calls, null, true), Find(calls, null, false)]);
    }

    private static (bool Begins, int Call) Find(OpenAiCalls calls, int? index, bool isNamed) => (calls.Find(index, isNamed, out var call), call);
}
