using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Models;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>: the names in service, aliases and what providers told included.</summary>
internal sealed partial class ModelsEndpoint(
    ICallerAuthenticator authenticator, PermissionGate permissions, IRoutingSnapshotSource snapshots, ListedModels listed, TimeProvider clock, ILogger<ModelsEndpoint> logger)
{
    // OpenAI tells when a model was made, which nobody can know of all models: it is the process's start, the same for each.
    private readonly long _created = clock.GetUtcNow().ToUnixTimeSeconds();

    /// <param name="context">The request.</param>
    /// <param name="id">The model asked for, slashes included; <see langword="null"/>: all.</param>
    public async Task HandleAsync(HttpContext context, string? id)
    {
        try
        {
            var (caller, unknown) = await authenticator.AuthenticateAsync(context);
            var body = new ArrayBufferWriter<byte>();
            if ((unknown ?? permissions.Check(context, caller!, Permission.ModelsRead) ?? Write(snapshots.Current.Index, caller!, id, body)) is { } refusal)
            {
                await ErrorWriter.WriteAsync(context, refusal);
                return;
            }

            context.Response.ContentType = "application/json";
            context.Response.ContentLength = body.WrittenCount;
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFailed(logger, e);
            await ErrorWriter.WriteAsync(context, Refusals.Internal());
        }
    }

    private Refusal? Write(RoutingIndex index, Caller caller, string? id, ArrayBufferWriter<byte> body)
    {
        using var json = new Utf8JsonWriter(body);
        if (id is not null)
        {
            if (!MaySee(index, caller, id) || ListedModel.From(id, index.Resolve(id)) is not { } model)
            {
                return Refusals.ModelNotFound(id);
            }

            WriteModel(json, model);
            return null;
        }

        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var model in listed.Current)
        {
            if (MaySee(index, caller, model.Id))
            {
                WriteModel(json, model);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        return null;
    }

    private static bool MaySee(RoutingIndex index, Caller caller, string model) =>
        ModelAccess.Refuse(caller, index.Resolve(model), model, null) is null;

    private void WriteModel(Utf8JsonWriter json, ListedModel model)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, model.Id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, _created);
        json.WriteString("owned_by"u8, model.First?.Provider.Name ?? "proxycluster");
        if (model.First is { } first)
        {
            WriteLimit(json, "context_length"u8, first.Entry.ContextLengthTokens);
            WriteLimit(json, "max_output_tokens"u8, first.Entry.MaxOutputTokens);
            WritePrice(json, "input_cost_per_million"u8, first.Entry.InputCostPerMillion);
            WritePrice(json, "output_cost_per_million"u8, first.Entry.OutputCostPerMillion);
            json.WriteBoolean("supports_chat"u8, first.Capabilities.HasFlag(ModelCapabilities.Chat));
            json.WriteBoolean("supports_completion"u8, first.Capabilities.HasFlag(ModelCapabilities.Completions));
            json.WriteStartArray("capabilities"u8);
            foreach (var name in ProviderModelReader.NamesOf(first.Capabilities))
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteLimit(Utf8JsonWriter json, ReadOnlySpan<byte> name, int tokens)
    {
        if (tokens > 0)
        {
            json.WriteNumber(name, tokens);
        }
    }

    private static void WritePrice(Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal? dollars)
    {
        if (dollars is { } price)
        {
            json.WriteNumber(name, price);
        }
    }

    [LoggerMessage(EventId = 2310, Level = LogLevel.Error, Message = "The list of models could not be made")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
