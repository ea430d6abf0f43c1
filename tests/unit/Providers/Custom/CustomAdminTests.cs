using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Providers.Custom;
using ProxyCluster.Tests.Unit.Admin;

namespace ProxyCluster.Tests.Unit.Providers.Custom;

/// <summary>A described provider through the admin API: read, shown, and read again.</summary>
public sealed class CustomAdminTests
{
    private const string Section = """
        {"chatPath":"v2/chat","keyHeader":"X-Key","request":{"m":"{{model}}","turns":"{{messages}}","n":[1,true,null]},
         "response":{"text":"a.b[0]","finishWords":{"cut":"length"},"calls":{"list":"c","name":"n","arguments":"a"}},
         "stream":{"framing":"ndjson","text":"d","endMarker":"end","calls":{"list":"c","id":"i","name":"n","arguments":"a","index":"x"}}}
        """;

    [Fact]
    public void Section_ThatWasRead_IsShownSoThatItCanBeSentBack()
    {
        var first = Read(Section).Definition!;

        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            ProviderCustomWriter.Write(json, first.Custom);
            json.WriteEndObject();
        }

        using var shown = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal(first.Custom, Read(shown.RootElement.GetProperty("custom").GetRawText()).Definition!.Custom);
        Assert.Equal(("v2/chat", "models", "X-Key"), (first.Custom!.ChatPath, first.Custom.HealthPath, first.Custom.KeyHeader));
        Assert.Equal("""{"m":"{{model}}","turns":"{{messages}}","n":[1,true,null]}""", first.Custom.Request);
        Assert.True(first.Custom.Stream!.IsLines);
    }

    [Fact]
    public void Section_ThatIsAbsent_LeavesTheUsualForm()
    {
        var (definition, problem) = Read("null");

        Assert.Null(problem);
        Assert.Null(definition!.Custom);
    }

    [Theory]
    [InlineData("""{"request":{"a":"{{tool}}"},"response":{"text":"a"}}""")]
    [InlineData("""{"request":"x","response":{"text":"a"}}""")]
    [InlineData("""{"request":{"a":"{{prompt}}"},"response":{}}""")]
    [InlineData("""{"request":{"a":"{{prompt}}"},"response":{"text":"a"},"query":"k"}""")]
    [InlineData("7")]
    [InlineData("""{"request":{"a":"{{prompt}}"},"response":{"text":"a","calls":{"list":"a"}}}""")]
    public void Section_ThatIsFaulty_IsRefused(string section)
    {
        var (definition, problem) = Read(section);

        Assert.Null(definition);
        Assert.NotNull(problem);
    }

    private static (ProviderDefinition? Definition, Problem? Problem) Read(string section)
    {
        using var body = JsonDocument.Parse($$"""{"name":"acme","type":"custom_ai","baseUrl":"https://acme.example","custom":{{section}}}""");
        var (definition, problem, _) = ProviderReaders.Of(new CustomAdapter(new FakeTimeProvider())).Read(body.RootElement, null);
        return (definition, problem);
    }
}
