using System.CommandLine;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Silo.CommandLine;

/// <summary><c>keys create</c>: makes an API key and prints it, once.</summary>
internal static class KeyCommands
{
    public const string KeyVariable = "PROXYCLUSTER_ADMIN_KEY";

    public static Command Create()
    {
        var wish = new KeyWishOptions();
        var bootstrap = new Option<bool>("--bootstrap") { Description = "Writes the key straight into the store: for the first admin key, when nobody can ask for one." };
        var url = new Option<string>("--url") { Description = "The admin listener of a running gateway.", DefaultValueFactory = _ => "http://127.0.0.1:8081" };
        var key = new Option<string?>("--key") { Description = $"An admin key for it. Better in the environment variable {KeyVariable}: arguments are seen by every user of the machine." };
        var create = new Command("create", "Makes an API key and prints it, once. With --bootstrap settings such as --config or --Cluster:DataDirectory=… may follow.")
        {
            bootstrap, url, key,
        };
        wish.AddTo(create);
        create.TreatUnmatchedTokensAsErrors = false;
        create.SetAction((parsed, cancel) => RunAsync(async () =>
        {
            var request = wish.Read(parsed);
            if (parsed.GetValue(bootstrap))
            {
                return await KeyBootstrap.CreateAsync(request, parsed.UnmatchedTokens, cancel);
            }

            return parsed.UnmatchedTokens is [var unknown, ..]
                ? throw new UsageFault($"'{unknown}' is no option of 'keys create' without --bootstrap.")
                : await KeyClient.CreateAsync(request, parsed.GetValue(url)!, parsed.GetValue(key), cancel);
        }));
        return new Command("keys", "Works on API keys.") { create };
    }

    private static async Task<int> RunAsync(Func<Task<string>> create)
    {
        try
        {
            var key = await create();
            Console.WriteLine(key);
            await Console.Error.WriteLineAsync("This is the only time the key is shown: only its hash is stored.");
            return 0;
        }
        catch (UsageFault fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 2;
        }
        catch (Exception exception) when (StartFault.Describe(exception) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            await Console.Error.WriteLineAsync($"The cluster does not answer: {exception.Message}");
            return 1;
        }
    }
}
