using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.GatewayApi.Configuration;

namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class ReloadTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void File_ThatChanges_IsInForceAndTold()
    {
        var (reload, inForce) = Start("""{ "RateLimits": { "RequestsPerMinute": 10 } }""");
        var told = 0;
        using var subscription = inForce.OnChange((options, _) => told = options.RateLimits.RequestsPerMinute);

        _files.Write("""{ "RateLimits": { "RequestsPerMinute": 20 } }""");
        reload.Check();

        Assert.Equal((20, 20), (inForce.CurrentValue.RateLimits.RequestsPerMinute, told));
    }

    [Theory]
    [InlineData("""{ "RateLimits": { "RequestsPerMinute": "x" } }""")]
    [InlineData("""{ "RateLimits": """)]
    [InlineData("")]
    public void File_ThatTurnsBad_LeavesTheFormerInForce(string bad)
    {
        var (reload, inForce) = Start("""{ "RateLimits": { "RequestsPerMinute": 10 } }""");
        var before = inForce.CurrentValue;

        _files.Write(bad);
        reload.Check();

        Assert.Same(before, inForce.CurrentValue);
        Assert.False(reload.IsFileInForce);
    }

    [Fact]
    public void File_ThatIsGone_LeavesTheFormerInForce()
    {
        var (reload, inForce) = Start("""{ "RateLimits": { "RequestsPerMinute": 10 } }""");

        File.Delete(_files.File);
        reload.Check();

        Assert.Equal(10, inForce.CurrentValue.RateLimits.RequestsPerMinute);
    }

    [Fact]
    public void Listeners_ThatChange_StayAsTheyAre()
    {
        var (reload, inForce) = Start("""{ "Listen": { "Data": "http://127.0.0.1:18400" } }""");

        _files.Write("""{ "Listen": { "Data": "http://127.0.0.1:18401" }, "RateLimits": { "RequestsPerMinute": 20 } }""");
        reload.Check();

        Assert.Equal("http://127.0.0.1:18400", inForce.CurrentValue.Listen.Data);
        Assert.Equal(20, inForce.CurrentValue.RateLimits.RequestsPerMinute);
    }

    [Fact]
    public void File_ThatIsTheSame_TellsNobody()
    {
        var (reload, inForce) = Start("{}");
        using var subscription = inForce.OnChange((_, _) => Assert.Fail("Nothing has changed."));

        _files.Write("{}");
        reload.Check();
    }

    private (ConfigurationReload Reload, ConfigurationInForce InForce) Start(string json)
    {
        _files.Write(json);
        var reader = _files.ReaderOfFile();
        var inForce = new ConfigurationInForce(reader.Read().Options);
        return (new(reader, inForce, new FakeTimeProvider(), NullLogger<ConfigurationReload>.Instance), inForce);
    }
}
