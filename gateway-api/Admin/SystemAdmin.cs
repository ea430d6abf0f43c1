using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>The process itself.</summary>
internal sealed class SystemAdmin(DrainCoordinator drain, DrainState state, RestartRequest restart, GatewayIdentity identity)
{
    /// <summary><c>POST system/restart</c>: the process that answers drains and exits. Starting it again is its supervisor's part.</summary>
    public IResult Restart(HttpContext context)
    {
        if (state.IsDraining)
        {
            return new Problem(409, "draining", "Draining", "The process is stopping already.");
        }

        restart.Make();

        // A second call of Stop would cut every stream: whoever asks twice at once is answered the same.
        context.Response.OnCompleted(() =>
        {
            if (!state.IsDraining)
            {
                drain.Stop();
            }

            return Task.CompletedTask;
        });
        return AdminJson.Answer(
            json =>
            {
                json.WriteStartObject();
                json.WriteString("process"u8, identity.Name);
                json.WriteString("status"u8, "draining"u8);
                json.WriteNumber("exitCode"u8, RestartRequest.ExitCode);
                json.WriteEndObject();
            },
            StatusCodes.Status202Accepted);
    }
}
