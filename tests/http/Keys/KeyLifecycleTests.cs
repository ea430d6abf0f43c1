using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Keys;

public sealed class KeyLifecycleTests(KeyedGatewayFixture gateway) : KeyedTest(gateway)
{
    [Theory]
    [InlineData("Authorization")]
    [InlineData("x-api-key")]
    [InlineData("api-key")]
    public async Task Key_MadeByTheAdminApi_IsTakenInEachHeader(string header)
    {
        var (_, key) = await CreateKeyAsync("made");

        using var response = await ChatAsync(key, header);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("Bearer upstream-key-of-upstream", Gateway.Upstream.Requests[^1].Header("authorization"));
    }

    [Fact]
    public async Task Key_Revoked_IsRefusedWithinASecond()
    {
        var (id, key) = await CreateKeyAsync("short-lived");
        using (var before = await ChatAsync(key))
        {
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        }

        using var revoked = await Gateway.Admin.DeleteAsync($"/admin/v1/keys/{id}", Cancel);
        Assert.True(revoked.IsSuccessStatusCode, $"{(int)revoked.StatusCode}: {await revoked.Content.ReadAsStringAsync(Cancel)}");

        var since = Stopwatch.StartNew();
        while (true)
        {
            using var after = await ChatAsync(key);
            if (after.StatusCode == HttpStatusCode.Unauthorized)
            {
                await AssertInvalidKeyAsync(after);
                return;
            }

            Assert.True(since.Elapsed < TimeSpan.FromSeconds(1), "A revoked key is still served.");
        }
    }

    [Fact]
    public async Task Key_AfterItsCreation_IsNeverShownAgain()
    {
        var (id, key) = await CreateKeyAsync("secret");

        var list = await Gateway.Admin.GetStringAsync("/admin/v1/keys?limit=1000", Cancel);

        Assert.Contains(id, list, StringComparison.Ordinal);
        Assert.DoesNotContain(key[20..], list, StringComparison.Ordinal);
        Assert.DoesNotContain(key[20..], Gateway.Gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_Missing_IsRefused()
    {
        using var response = await ChatAsync(key: null);

        await AssertInvalidKeyAsync(response);
        Assert.Equal(0, Gateway.Upstream.RequestCount);
    }

    public static TheoryData<string> WrongKeys =>
    [
        "sk-pc-", "sk-wrong", "", " ", new string('x', 8000),
        "sk-pc-AAAAAAAAAAAA-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.",
    ];

    [Theory, MemberData(nameof(WrongKeys))]
    public async Task Key_Wrong_IsRefusedAndNotEchoed(string key)
    {
        using var response = await ChatAsync(key);

        await AssertInvalidKeyAsync(response);
        if (key.Length > 6)
        {
            Assert.DoesNotContain(key, await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        Assert.Equal(0, Gateway.Upstream.RequestCount);
    }

    [Fact]
    public async Task Key_WellFormedButUnknown_IsRefused()
    {
        using var response = await ChatAsync(ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes)));

        await AssertInvalidKeyAsync(response);
    }

    [Fact]
    public async Task Key_WithOneCharacterChanged_IsRefused()
    {
        var (_, key) = await CreateKeyAsync("changed");
        var changed = key[..30] + (key[30] == 'a' ? 'b' : 'a') + key[31..];

        using var response = await ChatAsync(changed);

        await AssertInvalidKeyAsync(response);
    }

    [Fact]
    public async Task TwoDifferentKeys_AreRefused()
    {
        var (_, one) = await CreateKeyAsync("one");
        var (_, two) = await CreateKeyAsync("two");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Add("Authorization", "Bearer " + one);
        request.Headers.Add("x-api-key", two);

        using var response = await Gateway.Data.SendAsync(request, Cancel);

        await AssertInvalidKeyAsync(response);
    }

    [Fact]
    public async Task Key_InTheQuery_IsRefusedAndNotLogged()
    {
        var (_, key) = await CreateKeyAsync("query");

        using var response = await SendAsync(HttpMethod.Get, $"/v1/models?api_key={key}", key: null);

        await AssertInvalidKeyAsync(response);
        Assert.DoesNotContain(key[20..], Gateway.Gateway.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/gpt-4o")]
    [InlineData("/v1/models/")]
    [InlineData("/V1/Models")]
    public async Task Route_WithoutAKey_ShowsNothing(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Original-URL", "/health/live");
        request.Headers.Add("X-HTTP-Method-Override", "GET");

        using var response = await Gateway.Data.SendAsync(request, Cancel);

        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.NotFound });
        Assert.DoesNotContain("owned_by", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("providers")]
    [InlineData("keys")]
    [InlineData("config")]
    [InlineData("cluster")]
    public async Task AdminRoute_AsksForAnAdmin(string route)
    {
        var (_, user) = await CreateKeyAsync("no-admin");
        using var stranger = TestHttp.Client(Gateway.Gateway.Admin);
        using var withoutKey = await stranger.GetAsync($"/admin/v1/{route}", Cancel);
        stranger.DefaultRequestHeaders.Add("Authorization", "Bearer " + user);
        using var asUser = await stranger.GetAsync($"/admin/v1/{route}", Cancel);
        using var asAdmin = await Gateway.Admin.GetAsync($"/admin/v1/{route}", Cancel);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.OK), (withoutKey.StatusCode, asUser.StatusCode, asAdmin.StatusCode));
        Assert.DoesNotContain("upstream-key-of", await asAdmin.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain(Gateway.AdminKey[20..], await asAdmin.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }
}
