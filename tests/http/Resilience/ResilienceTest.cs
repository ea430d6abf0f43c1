using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>What tests of the narrow gateway have in common.</summary>
[Collection(ResilienceCollection.Name)]
public abstract class ResilienceTest
{
    private protected ResilienceTest(ResilienceFixture fixture)
    {
        Fixture = fixture;
        fixture.First.Reset();
        fixture.Second.Reset();
    }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected ResilienceFixture Fixture { get; }

    protected ScriptedUpstream First => Fixture.First;

    protected ScriptedUpstream Second => Fixture.Second;

    /// <summary>Sends a chat; returns with the headers.</summary>
    protected Task<HttpResponseMessage> ChatAsync(string model, bool stream = false, string? priority = null, CancellationToken? left = null)
    {
        var request = Chats.Request(model, stream);
        if (priority is not null)
        {
            request.Headers.Add("x-proxy-priority", priority);
        }

        return Fixture.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, left ?? Cancel);
    }

    /// <summary>An upstream that holds each answer back until it is told to give them.</summary>
    protected static Behaviour HeldUntil(TaskCompletionSource release) => new() { BeforeHeaders = cancel => release.Task.WaitAsync(cancel) };
}
