using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Unit.Admin;

/// <summary>A provider's time limits through the admin API: read, shown, and read again.</summary>
public sealed class ProviderTimesTests
{
    [Theory]
    [InlineData("", 0, 0, null)]
    [InlineData("""
        ,"reasoningTimeoutSeconds":90,"answerTimeoutSeconds":45.5,"models":[{"id":"m","reasoning":true}]
        """, 90, 45.5, true)]
    [InlineData("""
        ,"reasoningTimeoutSeconds":null,"answerTimeoutSeconds":null,"models":[{"id":"m","reasoning":false}]
        """, 0, 0, false)]
    public void Limits_ThatWereRead_AreShownSoThatTheyCanBeSentBack(string members, double reasoning, double answer, bool? thinks)
    {
        var first = Read(members).Definition!;
        var again = ReadBody(Shown(first)).Definition!;

        Assert.Equal((TimeSpan.FromSeconds(reasoning), TimeSpan.FromSeconds(answer)), (first.Timeouts.Reasoning, first.Timeouts.Answer));
        Assert.Equal(first.Timeouts, again.Timeouts);
        Assert.All(first.Models, model => Assert.Equal(thinks, model.Reasoning));
        Assert.Equal(first.Models, again.Models);
    }

    [Theory]
    [InlineData("\"reasoningTimeoutSeconds\":0", "reasoningTimeoutSeconds")]
    [InlineData("\"answerTimeoutSeconds\":\"long\"", "answerTimeoutSeconds")]
    [InlineData("\"models\":[{\"id\":\"m\",\"reasoning\":1}]", "models[0].reasoning")]
    public void Limit_ThatIsNone_IsRefusedWithItsPath(string member, string path)
    {
        var (definition, problem) = Read("," + member);

        Assert.Null(definition);
        Assert.Equal(path, Assert.Single(problem!.Errors).Path);
    }

    private static (ProviderDefinition? Definition, Problem? Problem) Read(string members) =>
        ReadBody($$"""{"name":"p","type":"openai","apiKey":"${KEY}"{{members}}}""");

    private static (ProviderDefinition? Definition, Problem? Problem) ReadBody(string text)
    {
        using var body = JsonDocument.Parse(text);
        var (definition, problem, _) = ProviderReaders.Of(new OpenAiAdapter(OpenAiDialect.Presets[0], new FakeTimeProvider())).Read(body.RootElement, null);
        return (definition, problem);
    }

    private static string Shown(ProviderDefinition definition)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            ProviderWriter.WriteFields(json, definition);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
