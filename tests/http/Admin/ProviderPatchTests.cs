using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Keys;

namespace ProxyCluster.Tests.Http.Admin;

/// <summary>Changing a part of a provider: members given replace, null takes back, objects are merged, lists are not.</summary>
public sealed class ProviderPatchTests(KeyedGatewayFixture gateway) : KeyedTest(gateway)
{
    [Fact]
    public async Task Patch_ChangesWhatItNamesAndNothingElse()
    {
        var (created, tag) = await CreateProviderAsync("patched");

        var patched = await PatchAsync("patched", tag, """{"weight":2.5,"headers":{"x-new":"n"}}""", HttpStatusCode.OK);

        var expected = (JsonObject)created.DeepClone();
        expected["weight"] = 2.5;
        expected["headers"] = new JsonObject { ["x-team"] = "a", ["x-old"] = "o", ["x-new"] = "n" };
        AssertSame(expected, patched);
    }

    [Fact]
    public async Task Null_TakesAMemberBackToItsDefault_AndOutOfAnObject()
    {
        var (_, tag) = await CreateProviderAsync("nulled");

        var patched = await PatchAsync("nulled", tag, """{"priority":null,"headers":{"x-old":null}}""", HttpStatusCode.OK);

        Assert.Equal(1, (int)patched["priority"]!);
        Assert.Equal("""{"x-team":"a"}""", patched["headers"]!.ToJsonString());
    }

    [Fact]
    public async Task List_IsReplacedWhole()
    {
        var (_, tag) = await CreateProviderAsync("listed");

        var patched = await PatchAsync("listed", tag, """{"models":["m3"]}""", HttpStatusCode.OK);

        Assert.Equal(["m3"], patched["models"]!.AsArray().Select(model => (string?)model!["id"]));
    }

    [Theory]
    [InlineData("""{"type":null}""")]
    [InlineData("""{"name":"other"}""")]
    [InlineData("""{"apiKey":"***none"}""")]
    [InlineData("""{"weight":"heavy"}""")]
    [InlineData("""{"headers":["x"]}""")]
    [InlineData("""{"unknown":1}""")]
    public async Task Patch_WithWhatCannotBe_ChangesNothing(string patch)
    {
        var name = $"kept-{Guid.NewGuid():N}";
        var (before, tag) = await CreateProviderAsync(name);

        await PatchAsync(name, tag, patch, HttpStatusCode.BadRequest);

        using var response = await Gateway.Admin.GetAsync($"/admin/v1/providers/{name}", Cancel);
        AssertSame(before, (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!);
    }

    private async Task<(JsonObject Provider, string Tag)> CreateProviderAsync(string name)
    {
        var body = new
        {
            name,
            type = "openai",
            baseUrl = new Uri(Gateway.Upstream.Url, "/v1").ToString(),
            priority = 7,
            headers = new Dictionary<string, string> { ["x-team"] = "a", ["x-old"] = "o" },
            models = new[] { "m1", "m2" },
        };
        using var created = await Gateway.Admin.PostAsJsonAsync("/admin/v1/providers", body, Cancel);
        var text = await created.Content.ReadAsStringAsync(Cancel);
        Assert.True(created.StatusCode == HttpStatusCode.Created, text);
        return ((JsonObject)JsonNode.Parse(text)!, created.Headers.ETag!.Tag);
    }

    private async Task<JsonObject> PatchAsync(string name, string tag, string patch, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/admin/v1/providers/{name}")
        {
            Content = new StringContent(patch, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        using var response = await Gateway.Admin.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(expected == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        return (JsonObject)JsonNode.Parse(text)!;
    }

    // All but what every change changes, and what traffic does.
    private static void AssertSame(JsonObject expected, JsonObject actual)
    {
        var (one, other) = ((JsonObject)expected.DeepClone(), (JsonObject)actual.DeepClone());
        foreach (var name in new[] { "version", "status", "history" })
        {
            one.Remove(name);
            other.Remove(name);
        }

        Assert.True(JsonNode.DeepEquals(one, other), $"Expected {one.ToJsonString()}\nActual   {other.ToJsonString()}");
    }
}
